import { statfs } from "node:fs/promises";
import { UserError } from "../../../errors.ts";

/** Linux's number of overlays, as `statfs` tells it. */
const overlay = 0x794c7630;

/**
 * Sees that a node's files can be in a folder: its containers' are overlays, and one cannot lie on another.
 *
 * @throws UserError when it is on an overlay, as a container's own files are
 */
export async function requireDisk(folder: string): Promise<void> {
  if ((await statfs(folder)).type !== overlay) return;
  const what = `\`${folder}\` is on an overlay, as the files of a container are, so no container can be run in it.`;
  throw new UserError(
    `${what} Name a folder on a disk, such as a volume of the container, in \`TMPDIR\` or by \`--folder\`.`,
  );
}
