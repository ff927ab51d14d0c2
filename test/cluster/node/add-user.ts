import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";

/** Gives a user of an image a name, without which some programs do not start. */
export async function addUser(root: string, name: string, user: number): Promise<void> {
  await mkdir(path.join(root, "etc"), { recursive: true });
  await appendFile(path.join(root, "etc", "passwd"), `${name}:x:${user}:${user}::/tmp:/bin/sh\n`);
}
