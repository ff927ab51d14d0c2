import { spawnSync } from "node:child_process";
import { UserError } from "../errors.ts";
import { uvPath } from "./python-tools.ts";

// `tsx tools/uv.ts <arguments>` runs `uv`, from the PATH or the cache, for the npm scripts that check the Python parts.
async function main(): Promise<void> {
  const uv = await uvPath({ onProgress: (line) => console.error(line) });
  const { status, error } = spawnSync(uv, process.argv.slice(2), { stdio: "inherit" });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

main().catch((thrown: unknown) => {
  console.error(thrown instanceof UserError ? thrown.message : thrown);
  process.exitCode = 1;
});
