import { readdir } from "node:fs/promises";
import path from "node:path";
import { GitFailure, git } from "./git.ts";
import { FETCHED, type Incoming, rememberTip, withIncoming } from "./incoming.ts";
import type { Mirror } from "./mirror.ts";

const FETCH_TIMEOUT_MS = 30 * 60_000;

/**
 * Fetches one ref or commit with its history, but not the contents of files (or with them, where the server refuses that).
 *
 * @param wanted The full name of a ref, or 40 hex.
 * @returns What the ref was at: a commit or a tag.
 * @throws GitFailure
 */
export async function fetchCommit(mirror: Mirror, wanted: string, signal?: AbortSignal): Promise<string> {
  const args = ["source", `+${wanted}:${FETCHED}`];
  const remembering = (call: FetchCall) =>
    withIncoming(mirror, async (incoming) => {
      await fetch(mirror, incoming, call, signal);
      return await rememberTip(mirror, incoming, wanted);
    });
  try {
    return await remembering({ configuration: BLOBLESS, args: ["--filter=blob:none", ...args] });
  } catch (thrown) {
    if (!(thrown instanceof GitFailure) || !/filter/i.test(thrown.stderr)) throw thrown;
    return await remembering({ configuration: [], args });
  }
}

/**
 * Fetches the contents of the given files, all in one request.
 *
 * @param wanted What the files belong to; asked for as a whole from servers that give out no single objects.
 * @throws GitFailure
 */
export async function fetchBlobs(
  mirror: Mirror,
  blobs: readonly string[],
  wanted: string,
  signal?: AbortSignal,
): Promise<void> {
  const fetching = (call: FetchCall) => withIncoming(mirror, (incoming) => fetch(mirror, incoming, call, signal));
  const configuration = [...BLOBLESS, "fetch.negotiationAlgorithm=noop"];
  const input = blobs.map((blob) => `${blob}\n`).join("");
  try {
    await fetching({ configuration, args: ["--filter=blob:none", "--stdin", "source"], input });
  } catch (thrown) {
    if (!(thrown instanceof GitFailure) || !/unadvertised|not our ref|filter/i.test(thrown.stderr)) throw thrown;
    await fetching({ configuration: [], args: ["--refetch", "source", `+${wanted}:${FETCHED}`] });
  }
}

/**
 * Makes one pack of many: each fetch leaves one or two, and every call of git looks into all of them. Others may read
 * meanwhile.
 *
 * @param most How many packs are left alone. @default 200
 */
export async function consolidate(mirror: Mirror, options: { most?: number; signal?: AbortSignal | undefined } = {}) {
  const { most = 200, signal } = options;
  const packs = (await readdir(path.join(mirror.directory, "objects", "pack"))).filter((name) =>
    name.endsWith(".pack"),
  );
  if (packs.length <= most) return;
  const args = ["-c", "remote.source.promisor=true", "repack", "-a", "-d", "-k", "-q"];
  await withIncoming(mirror, ({ call }) => git(args, { ...call, timeoutMs: FETCH_TIMEOUT_MS, signal }));
}

/** One call of `git fetch`. */
interface FetchCall {
  readonly configuration: readonly string[];
  readonly args: readonly string[];
  readonly input?: string;
}

const BLOBLESS: readonly string[] = ["remote.source.partialclonefilter=blob:none"];

const ALWAYS: readonly string[] = [
  "remote.source.promisor=true",
  // Whole packs only: of single objects a killed git may leave half a commit.
  "fetch.unpackLimit=1",
  "transfer.unpackLimit=1",
];

const QUIETLY: readonly string[] = [
  "--quiet",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
];

async function fetch({ remote }: Mirror, incoming: Incoming, call: FetchCall, signal?: AbortSignal): Promise<void> {
  const configuration = [`remote.source.url=${remote.url}`, ...ALWAYS, ...call.configuration];
  await git([...configuration.flatMap((setting) => ["-c", setting]), "fetch", ...QUIETLY, ...call.args], {
    ...incoming.call,
    protocols: remote.protocols,
    environment: { ...remote.environment, ...incoming.call.environment },
    input: call.input,
    timeoutMs: FETCH_TIMEOUT_MS,
    signal,
  });
}
