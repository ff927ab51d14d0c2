import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { UserError } from "../../../errors.ts";
import { commandName } from "../../../tools/command-name.ts";

/** Where a stack runs: its folder, which is told from others of the same path by a random id in it. */
export interface Place {
  readonly home: string;
  readonly host: string;
  readonly marker: string;
}

/** Makes a folder's marker, unless it has one. */
export async function markHome(home: string): Promise<Place> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  // Of two at once the first one's counts.
  await writeFile(fileOf(home), randomUUID(), { flag: "wx" }).catch(() => undefined);
  return { home, host: hostname(), marker: (await markerOf(home)) ?? "" };
}

/**
 * Several clones can have one stack in a backend that they share. Only one of them runs it: each would else take the other's
 * workers away.
 *
 * @throws UserError when the stack runs in another folder or on another machine
 */
export async function refuseOtherClones(runsIn: Place, home: string): Promise<void> {
  if (!(await isElsewhere(runsIn, home))) return;
  throw new UserError(
    `The stack runs in \`${projectOf(runsIn.home)}\` on \`${runsIn.host}\`, and would be taken from there. ` +
      `Give each clone a stack of its own: \`${commandName} up --stack <name>\`. ` +
      `Where this folder is a copy of that one, remove its \`.conduit\`. Where that one is gone, run \`${commandName} down\` first.`,
  );
}

/** A folder that was moved, was removed, or whose machine has a new name is the same one. */
async function isElsewhere({ home: before, host, marker }: Place, home: string): Promise<boolean> {
  const isStillThere = before !== home && (await markerOf(before)) === marker;
  if (isStillThere) return true;
  return host !== hostname() && (await markerOf(home)) !== marker;
}

async function markerOf(home: string): Promise<string | undefined> {
  return readFile(fileOf(home), "utf8").catch(() => undefined);
}

function fileOf(home: string): string {
  return path.join(home, "marker");
}

function projectOf(home: string): string {
  return path.dirname(path.dirname(home));
}
