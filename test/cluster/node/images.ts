import { run } from "../../../tools/run.ts";
import type { StartedProcess } from "../processes.ts";
import { imagesCommand } from "./containerd.ts";
import type { NodeSetting } from "./setting.ts";
import { inSpace } from "./space.ts";

/** Whether containerd answers. */
export async function isContainerdReady(setting: NodeSetting, first: StartedProcess): Promise<boolean> {
  return await images(setting, first, "list", "--quiet").then(
    () => true,
    () => false,
  );
}

/** Lets a node's pods use the images of a file. */
export async function importImages(setting: NodeSetting, first: StartedProcess, archive: string): Promise<void> {
  await images(setting, first, "import", archive);
}

async function images(setting: NodeSetting, first: StartedProcess, ...args: string[]): Promise<void> {
  const [program = "", ...rest] = inSpace(first, imagesCommand(setting, ...args));
  await run(program, rest);
}
