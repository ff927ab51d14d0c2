import { commandName } from "../tools/command-name.ts";
import type { AlgorithmStatus } from "./json/status.ts";

/** What is so with an algorithm, in one sentence: above all why a call waits. */
export function sentenceOf(status: Omit<AlgorithmStatus, "says">): string {
  const { name, state, unapplied, elsewhere } = status;
  const [wrong] = elsewhere;
  switch (state) {
    case "unsupported":
      return `This platform cannot run \`${name}\`, so no call is answered: it does not apply ${listed(unapplied)}.`;
    case "down":
      return status.problem !== null
        ? "No worker polls its task queue: its newest version could not be made live."
        : `No worker polls its task queue: start one with \`${commandName} up\`.`;
    case "disconnected":
      return `Its worker runs, but Temporal does not answer: start it with \`${commandName} up\`.`;
    case "restarting":
      return `Its worker is restarting: ${restartsOf(status)}; see \`${commandName} logs ${name}\`.`;
    case "starting":
      return "Its worker is starting, and does not poll its task queue yet.";
    case "asleep":
      return status.backlog > 0
        ? `${waiting(status.backlog)}, and its worker is about to be woken.`
        : "Nothing waits: its worker sleeps, and the next call wakes it.";
    case "live":
      return wrong ? wrongNamespace(status, wrong) : liveSentence(status);
  }
}

/** `it ended 3 times in the last 10 minutes, last with SIGKILL`. */
export function restartsOf({ restarts }: Pick<AlgorithmStatus, "restarts">): string {
  if (restarts === null) return "it has not ended in the last 10 minutes";
  return `it ended ${counted(restarts.count, "time")} in the last 10 minutes, last with ${restarts.how}`;
}

/** `1 time`, `2 times`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}

function wrongNamespace(
  { name, namespace }: Omit<AlgorithmStatus, "says">,
  wrong: { namespace: string; backlog: number },
) {
  return (
    `${waiting(wrong.backlog)} on the task queue \`${name}\` of the namespace \`${wrong.namespace}\`, which no worker ` +
    `polls: call it from a workflow of the namespace \`${namespace}\`.`
  );
}

function liveSentence({ backlog, inFlight, slots, draining }: Omit<AlgorithmStatus, "says">): string {
  const busy = slots !== null && inFlight >= slots;
  if (backlog > 0 && busy) {
    return `${waiting(backlog)}: its worker is busy with the ${slots} that it runs at a time (\`concurrency\`).`;
  }
  if (backlog > 0) return `${waiting(backlog)}, and its worker is about to take them.`;
  const drains = draining > 0 ? `, and ${counted(draining, "older worker")} still to end` : "";
  return `Nothing waits: its worker polls, with ${counted(inFlight, "activity", "activities")} running${drains}.`;
}

function waiting(count: number): string {
  return counted(count, "activity waits", "activities wait");
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}
