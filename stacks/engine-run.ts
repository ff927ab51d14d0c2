import { processInfo } from "../tools/process-info.ts";

/**
 * A name for the run of plain `pulumi` that this program is part of: the process id and start of the command, the parent of
 * the language host that is our parent. Undefined where there is none (`./conduit` runs the program in its own process, once
 * for a run), or where the system does not tell.
 */
export async function engineRun(): Promise<string | undefined> {
  try {
    const languageHost = await processInfo(process.ppid);
    if (!languageHost.command.startsWith("pulumi-language")) return undefined;
    const command = await processInfo(languageHost.parent);
    return `${languageHost.parent}-${command.started}`;
  } catch {
    return undefined;
  }
}
