import { supervisordPath, temporalCliPath, uvPath } from "../../tools/python-tools.ts";
import { note } from "../terminal.ts";

/** Installs what the local platform runs on, with its progress shown: inside the engine nothing could show it. */
export async function prepareTools(): Promise<void> {
  const options = { onProgress: note };
  await uvPath(options);
  await supervisordPath(options);
  await temporalCliPath(options);
}
