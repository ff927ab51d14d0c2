import { findExecutable } from "../../../tools/executables.ts";
import { run } from "../../../tools/run.ts";

/** Sees that Debian's `buildah` is on the PATH: it needs its libraries and policies in their places, so it is installed. */
export async function ensureBuildah(): Promise<void> {
  if (findExecutable("buildah") !== undefined) return;
  await run("apt-get", ["update", "--quiet"]);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", "buildah"], { env });
}
