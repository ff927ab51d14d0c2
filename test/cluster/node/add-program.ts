import { chmod, copyFile, mkdir } from "node:fs/promises";
import path from "node:path";

/** Puts a program into an image, where everybody may run it. */
export async function addProgram(root: string, place: string, program: string): Promise<void> {
  const file = path.join(root, place);
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(program, file);
  await chmod(file, 0o755);
}
