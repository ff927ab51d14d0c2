import { supervisordPath, temporalCliPath, uvPath } from "../../tools/python-tools.ts";
import { ensurePulumi } from "../../tools/toolchain.ts";

/** For vitest's `globalSetup`: what takes minutes on a fresh machine is done before any test's clock runs. */
export async function setup(): Promise<void> {
  const options = { onProgress: (line: string) => console.log(line) };
  await ensurePulumi(options);
  await uvPath(options);
  await supervisordPath(options);
  await temporalCliPath(options);
}
