import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The folder `examples` of this repository. */
export const examples = fileURLToPath(new URL("../../../examples", import.meta.url));

/** The algorithms' repositories. */
export const algorithms = ["speaker-id", "transcribe", "voice-activity"] as const;

const made = new Set([".venv", "node_modules", "uv.lock", "__pycache__", ".pytest_cache"]);

/**
 * A copy of a folder of this repository, without what tools put there, at the same place in an otherwise empty root. It is
 * removed when the test is finished.
 */
export async function copyOf(folder: string): Promise<string> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), "conduit-examples-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return await copyInto(root, folder);
}

/** Copies another folder of this repository into the root that `copyOf` made. */
export async function copyInto(root: string, folder: string): Promise<string> {
  const repository = path.dirname(examples);
  const copy = path.join(root, path.relative(repository, folder));
  await cp(folder, copy, { recursive: true, filter: (file) => !made.has(path.basename(file)) });
  return copy;
}
