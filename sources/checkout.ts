import { mkdir, open, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { codeOf, UserError } from "../errors.ts";
import { type Blob, missingObjects, readBlobs } from "./blobs.ts";
import { inTemporaryFolder, isFilled } from "./cache-place.ts";
import { assertCheckoutable, assertLinksStay, isLfsPointer, lfsError } from "./checkout-rules.ts";
import type { GitCall } from "./git.ts";
import { withLock } from "./lock.ts";
import { printable } from "./nearest.ts";
import { contentKey, filesBelow, LINK_MODE, type TreeEntry } from "./tree.ts";

const HELD_IN_MEMORY_BYTES = 1024 * 1024;
const WRITTEN_AT_ONCE = 32;

/** What is to be checked out. */
export interface CheckoutRequest {
  readonly cache: string;
  /** How git reads the repository that holds the objects. */
  readonly reading: GitCall;
  readonly entries: readonly TreeEntry[];
  /** Brings objects that are not there yet. @default none are missing */
  readonly fetchMissing?: ((ids: readonly string[]) => Promise<void>) | undefined;
  /** Whether the source has an `include`, which errors may advise to make longer. */
  readonly hasInclude: boolean;
  /** Looks at the finished checkout before it is put in place, and throws if it must not be used. */
  readonly verify: (root: string) => Promise<void>;
}

/**
 * The folder in the cache that holds exactly the given entries, laid out as in their repository. It is filed under its
 * content, so that one that is there is right; it is made beside its place and renamed.
 *
 * @returns The absolute path of the checkout's top.
 * @throws UserError for submodules, Git LFS pointers, names that must not be written, links that leave, or what `verify` says.
 */
export async function checkout(request: CheckoutRequest): Promise<string> {
  const root = path.join(request.cache, "checkouts", contentKey(request.entries));
  const isThere = async () => {
    const filled = await Promise.all(request.entries.map((entry) => isFilled(path.join(root, entry.path))));
    return filled.every(Boolean);
  };
  if (await isThere()) return root;
  const make = async () => {
    if (await isThere()) return;
    await rm(root, { recursive: true, force: true });
    await makeCheckout(root, request);
  };
  await withLock(`${root}.lock`, make, { signal: request.reading.signal });
  return root;
}

async function makeCheckout(root: string, request: CheckoutRequest): Promise<void> {
  const { reading, entries } = request;
  const files = await filesBelow(reading, entries);
  if (files.length === 0) throw new UserError("The folder holds no files. Add the algorithm to it.");
  assertCheckoutable(files);
  const missing = await missingObjects(
    reading,
    files.map(({ id }) => id),
  );
  if (missing.length > 0) await request.fetchMissing?.(missing);
  await inTemporaryFolder(root, async (temporary) => {
    await writeFiles(temporary, request, files);
    await request.verify(temporary);
  });
}

async function writeFiles(
  top: string,
  { reading, entries, hasInclude }: CheckoutRequest,
  files: readonly TreeEntry[],
): Promise<void> {
  const folders = new Set(files.map((file) => path.posix.dirname(file.path)));
  for (const folder of folders)
    await mkdir(path.join(top, folder), { recursive: true }).catch((thrown) => refuse(thrown, folder));
  const links = new Map<string, string>();
  const pointers: string[] = [];
  const batch: { file: TreeEntry; content: Buffer }[] = [];
  const flush = async () => {
    await Promise.all(batch.splice(0).map(({ file, content }) => writeSmall(top, file, content)));
  };
  await readBlobs(
    reading,
    files.map(({ id }) => id),
    async (blob) => {
      const file = files[blob.index];
      if (file === undefined) throw new Error(`git gave object ${blob.index} of ${files.length}.`);
      if (blob.size > HELD_IN_MEMORY_BYTES) return writeLarge(top, file, blob);
      const content = await collect(blob);
      if (file.mode === LINK_MODE) links.set(file.path, content.toString("utf8"));
      else if (isLfsPointer(content)) pointers.push(file.path);
      else batch.push({ file, content });
      if (batch.length >= WRITTEN_AT_ONCE) await flush();
    },
  );
  await flush();
  if (pointers.length > 0) throw lfsError(pointers);
  const tops = entries.map((entry) => entry.path);
  assertLinksStay(links, tops, hasInclude);
  // Links come last, so that nothing is ever written through one.
  for (const [name, target] of links)
    await symlink(target, path.join(top, name)).catch((thrown) => refuse(thrown, name));
}

async function writeSmall(top: string, file: TreeEntry, content: Buffer): Promise<void> {
  const options = { flag: "wx", mode: permissions(file) };
  await writeFile(path.join(top, file.path), content, options).catch((thrown) => refuse(thrown, file.path));
}

async function writeLarge(top: string, file: TreeEntry, blob: Blob): Promise<void> {
  const opened = await open(path.join(top, file.path), "wx", permissions(file)).catch((thrown) =>
    refuse(thrown, file.path),
  );
  try {
    for await (const piece of blob.pieces) await opened.writeFile(piece);
  } finally {
    await opened.close();
  }
}

function permissions({ mode }: TreeEntry): number {
  return mode === "100755" ? 0o755 : 0o644;
}

async function collect(blob: Blob): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of blob.pieces) pieces.push(piece);
  return Buffer.concat(pieces);
}

function refuse(thrown: unknown, name: string): never {
  if (codeOf(thrown) === "EEXIST") {
    throw new UserError(
      `\`${printable(name)}\` and another file differ only in case, which this file system cannot hold. Rename one.`,
    );
  }
  if (codeOf(thrown) === "ENAMETOOLONG")
    throw new UserError(`The path \`${printable(name)}\` is too long for this system. Shorten it.`);
  throw thrown;
}
