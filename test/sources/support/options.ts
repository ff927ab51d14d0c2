import path from "node:path";
import type { SourceOptions } from "../../../sources/index.ts";
import { temporaryFolder } from "../../support/folders.ts";

/** Options with an empty cache. */
export async function emptyCache(): Promise<SourceOptions> {
  const folder = await temporaryFolder();
  return { cache: path.join(folder, "cache"), projectDirectory: folder };
}
