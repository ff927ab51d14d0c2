import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf } from "../../errors.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { commandName } from "../../tools/command-name.ts";
import { isAtLeast, parseVersion } from "../../tools/executables.ts";
import { supervisordPath, temporalCliPath, uvPath } from "../../tools/python-tools.ts";
import { findPulumi } from "../../tools/toolchain.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { gatherStatus } from "../gather-status.ts";
import { doctorSchema, type Finding } from "../json/others.ts";
import { printJson } from "../json/print-json.ts";
import { note, print, table } from "../terminal.ts";

/** `doctor`: looks at each part that the local platform needs. Exit code 1 when one is missing or wrong. */
export async function doctor(options: GlobalOptions): Promise<number> {
  const findings = await examine(options);
  if (options.json) printJson(doctorSchema, { findings });
  else print(table(findings.map(({ part, ok, says }) => [ok ? "ok" : "WRONG", part, says])));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

async function examine(options: GlobalOptions): Promise<Finding[]> {
  const tools = { onProgress: note };
  const findings = [
    check("Node.js", async () => nodeVersion(process.versions.node)),
    check("git", () => version("git", ["--version"], "Install git, such as with `apt install git`.")),
    check("Python", () =>
      version("python3", ["--version"], "Install Python 3, such as with `apt install python3-venv`."),
    ),
    check("Pulumi", pulumiVersion),
    check("uv", () => uvPath(tools)),
    check("supervisord", () => supervisordPath(tools)),
    check("Temporal's CLI", () => temporalCliPath(tools)),
  ];
  const parts = await Promise.all(findings);
  const registry = await check("registry", async () => {
    const context = contextOf(options);
    const { algorithms } = await loadRegistry(context.root, context.stack);
    return `${algorithms.length} algorithms`;
  });
  // Without these nothing can be asked about what runs.
  if (!registry.ok || !parts.every(({ ok }) => ok)) return [...parts, registry];
  return [...parts, registry, ...(await examineRunning(options))];
}

async function examineRunning(options: GlobalOptions): Promise<Finding[]> {
  const context = contextOf(options);
  const report = await openStack(context)
    .then((stack) => gatherStatus(context, stack))
    .catch((thrown: unknown) => messageOf(thrown));
  if (typeof report === "string") return [{ part: "stack", ok: false, says: report }];
  const server = {
    part: "Temporal",
    ok: report.address !== null,
    says: report.address ?? `It does not run. Start it with \`${commandName} up\`.`,
  };
  const idle = `No worker polls its queue. Run \`${commandName} up\`, or see \`${commandName} logs\`.`;
  const algorithms = report.algorithms.map(({ name, problem, pollers, liveVersion, state }) => ({
    part: name,
    ok: problem === null && (pollers > 0 || state === "asleep"),
    says:
      problem ??
      (pollers > 0
        ? `version ${liveVersion} polls`
        : state === "asleep"
          ? `version ${liveVersion} sleeps until a call comes`
          : idle),
  }));
  return [server, ...algorithms];
}

async function check(part: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { part, ok: true, says: await look() };
  } catch (thrown) {
    return { part, ok: false, says: messageOf(thrown) };
  }
}

function nodeVersion(found: string): string {
  const parsed = parseVersion(found);
  if (parsed && isAtLeast(parsed, [20, 19, 0])) return found;
  throw new Error(`Version ${found} is too old. Install Node.js 22 or later from https://nodejs.org.`);
}

async function version(command: string, args: string[], mend: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args);
    return stdout.trim();
  } catch {
    throw new Error(`It is not on the PATH. ${mend}`);
  }
}

async function pulumiVersion(): Promise<string> {
  const problems: string[] = [];
  const found = await findPulumi(problems);
  if (found) return `${found.version} in ${found.bin}`;
  throw new Error(
    [...problems, `\`${commandName} up\` installs it, or install it as https://www.pulumi.com/docs/install says.`].join(
      " ",
    ),
  );
}
