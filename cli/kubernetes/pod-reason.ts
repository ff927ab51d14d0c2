import { outOfMemory, outOfMemoryReason, whileItRan } from "../worker-end.ts";
import { lastWords } from "./last-words.ts";
import { leftRunning } from "./left-running.ts";

/**
 * Why a pod is not ready, of what the Kubernetes provider tells of it: `[Pod speech/a-1]: containers with unready status:
 * [worker][ImagePullBackOff] Back-off pulling image …`. Undefined for what is no reason, such as a container that is
 * being made.
 */
export function podReason(problem: string): string | undefined {
  const said = /^\[Pod [^\]]*\]: ?(?:containers with \w+ status: \[[^\]]*\])?\s*([\s\S]*)$/.exec(problem)?.[1];
  if (said === undefined || said === "") return undefined;
  if (said.includes(outOfMemory)) return outOfMemoryReason(leftRunning(said));
  const [, waiting, rest = ""] = /^\[([A-Z]\w+)\] ?([\s\S]*)$/.exec(said) ?? [];
  const ended = /container "[^"]*" (?:terminated at .*|completed with )exit code (\d+)\)?\n?([\s\S]*)$/.exec(said);
  if (ended !== null) {
    const [, code = "", log = ""] = ended;
    return withWords(
      waiting === "CrashLoopBackOff"
        ? `it ends again and again, with exit code ${code}`
        : `it ended with exit code ${code}`,
      log,
    );
  }
  // A container that ended, with the end of its log.
  if (waiting === "Error") return lastWords(rest) ?? "it ended with an error";
  if (waiting !== undefined) return withWords(`its pod cannot start (${waiting})`, rest);
  return /nodes are available/.test(said) ? `no node takes its pod: ${said}` : said;
}

function withWords(what: string, log: string): string {
  const running = leftRunning(log);
  if (running.length > 0) return what + whileItRan(running);
  const words = lastWords(log);
  return words === undefined ? what : `${what}: ${words}`;
}
