import { expect, test } from "vitest";
import { type AlgorithmStatus, algorithmStatusSchema } from "../../cli/json/status.ts";
import { type LocalFacts, localWorkers } from "../../cli/local/workers.ts";
import type { AlgorithmState } from "../../cli/state.ts";
import { type Facts, judge } from "../../cli/status.ts";
import { shortCommit, statusNotes, statusStory, statusTable } from "../../cli/status-table.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import { resolveSettings } from "../../registry/settings.ts";

const now = new Date("2026-01-02T00:00:00Z");
const [algorithm] = resolveRegistry(
  {
    namespaces: { speech: { owner: "speech" } },
    algorithms: { transcribe: { namespace: "speech", owner: "asr", source: { path: "." } } },
  },
  "local",
).algorithms;
if (!algorithm) throw new Error("The registry has an algorithm.");
const settings = { ...resolveSettings(algorithm, undefined, "pyproject.toml"), python: "3.11" };

const candidate = (version: string, commit: string) => ({
  version,
  commit,
  directory: "/checkout",
  settings,
  dependencies: "d",
  stages: { resolve: 1 },
});
const [one, two] = ["1".repeat(40), "2".repeat(40)];
const chain: AlgorithmState = {
  release: undefined,
  environment: undefined,
  worker: {
    version: "v1",
    commit: one,
    program: "transcribe.aaaaaaaa",
    liveAt: "2026-01-01T20:00:00Z",
    activities: [],
    release: { settings: { concurrency: 2 } },
    stages: { start: 1, switch: 1 },
  },
};
const polling = { pollers: ["transcribe@111111111111+v1@host:7"], backlog: 0, oldest: 0 };
const running = { pid: 7, isUp: true, isDraining: false, inFlight: 0 };

function status({ elsewhere = [], ...facts }: Partial<LocalFacts & Pick<Facts, "elsewhere">> = {}): AlgorithmStatus {
  const local: LocalFacts = {
    algorithm: algorithm as LocalFacts["algorithm"],
    candidate: candidate("v1", one),
    chain,
    queue: polling,
    processes: [running],
    asleep: false,
    exits: [],
    failure: undefined,
    now,
    ...facts,
  };
  const { candidate: wanted, queue } = local;
  const workers = localWorkers(local);
  return algorithmStatusSchema.parse(
    judge({ algorithm: local.algorithm, candidate: wanted, queues: [queue], workers, elsewhere, stack: "local" }),
  );
}

const exits = (...seconds: number[]) =>
  seconds.map((second) => ({
    at: new Date(now.getTime() - second * 1000).toISOString(),
    program: "transcribe.aaaaaaaa",
    how: second % 2 ? "SIGKILL" : "exit code 3",
  }));

test("a worker that polls is live, and says what it runs", () => {
  expect(status()).toMatchObject({
    state: "live",
    pollers: 1,
    upToDate: true,
    wantedCommit: one,
    slots: 2,
    problem: null,
  });
  expect(status().says).toBe("Nothing waits: its worker polls, with 0 activities running.");
});

test("a worker that was killed does not count as live, though Temporal lists it for another minute", () => {
  const killed = status({ processes: [{ ...running, pid: 0 }], exits: exits(3) });
  expect(killed).toMatchObject({ state: "restarting", pollers: 0, liveCommit: null });
  expect(killed.says).toBe(
    "Its worker is restarting: it ended 1 time in the last 10 minutes, last with SIGKILL; see `./conduit logs transcribe`.",
  );
});

test("ends within ten minutes are told of a worker that polls again; older ones and other programs' do not count", () => {
  const again = status({ exits: exits(599, 2, 1) });
  expect(again).toMatchObject({ state: "live", restarts: { count: 3, how: "SIGKILL" } });
  expect(statusNotes([again], 200)).toEqual([
    "transcribe: Its worker was restarted: it ended 3 times in the last 10 minutes, last with SIGKILL.",
  ]);
  expect(status({ exits: exits(601, 2, 1) }).restarts).toMatchObject({ count: 2 });
  const other = exits(1).map((exit) => ({ ...exit, program: "transcribe.bbbbbbbb" }));
  expect(status({ exits: other }).restarts).toBeNull();
});

test("each reason why a call waits is one sentence", () => {
  const sentences = [
    status({ queue: { ...polling, backlog: 3 }, processes: [{ ...running, inFlight: 2 }] }),
    status({ queue: { ...polling, backlog: 1 } }),
    status({ processes: [] }),
    status({ processes: [], asleep: true }),
    status({ processes: [], asleep: true, queue: { ...polling, backlog: 1 } }),
    status({ processes: [], chain: undefined, failure: { version: "v1", at: "", message: "No module." } }),
    status({ queue: undefined }),
    status({ queue: { pollers: [], backlog: 1, oldest: 0 } }),
    status({ elsewhere: [{ namespace: "default", backlog: 2 }] }),
  ].map(({ state, says }) => `${state}: ${says}`);
  expect(sentences).toMatchInlineSnapshot(`
    [
      "live: 3 activities wait: its worker is busy with the 2 that it runs at a time (\`concurrency\`).",
      "live: 1 activity waits, and its worker is about to take them.",
      "down: No worker polls its task queue: start one with \`./conduit up\`.",
      "asleep: Nothing waits: its worker sleeps, and the next call wakes it.",
      "asleep: 1 activity waits, and its worker is about to be woken.",
      "down: No worker polls its task queue: its newest version could not be made live.",
      "disconnected: Its worker runs, but Temporal does not answer: start it with \`./conduit up\`.",
      "starting: Its worker is starting, and does not poll its task queue yet.",
      "live: 2 activities wait on the task queue \`transcribe\` of the namespace \`default\`, which no worker polls: call it from a workflow of the namespace \`speech\`.",
    ]
  `);
});

test("a failed try counts as long as what failed is wanted and not live", () => {
  const failure = { version: "v2", at: "2026-01-01T23:00:00Z", message: "No module." };
  expect(status({ candidate: candidate("v2", two), failure })).toMatchObject({
    state: "live",
    problem: "No module.",
    liveCommit: one,
    wantedCommit: two,
  });
  expect(status({ candidate: candidate("v3", two), failure }).problem).toBeNull();
  expect(status({ failure: { ...failure, version: "v1" } }).problem).toBeNull();
  expect(status({ candidate: { problem: "The repository cannot be reached." } }).problem).toBe(
    "The repository cannot be reached.",
  );
});

const small = status({ candidate: candidate("v2", two), queue: { ...polling, backlog: 12 } });
const longest: AlgorithmStatus = {
  ...small,
  name: "a".repeat(30),
  mock: true,
  wantedCommit: `${one}-dirty`,
  liveCommit: `${two}-dirty`,
  owner: "a-team-with-a-long-name@example.org",
};

test("the table has a line an algorithm", () => {
  expect(
    statusTable([small, { ...small, name: "summarize", mock: true, owner: "nlp" }], 80, now),
  ).toMatchInlineSnapshot(`
    "ALGORITHM         WANTED   LIVE     POLL  WAIT  RUN  SINCE  OWNER
    transcribe        2222222  1111111  1     12    0    4 h    asr
    summarize (mock)  2222222  1111111  1     12    0    4 h    nlp"
  `);
});

const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

test("the table fits 80 columns with the longest names, which are never cut: the owner goes first, then the age", () => {
  const mixed = statusTable([small, longest], 80, now);
  expect(mixed).toMatchInlineSnapshot(`
    "ALGORITHM                              WANTED    LIVE      POLL  WAIT  RUN
    transcribe                             2222222   1111111   1     12    0
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (mock)  1111111*  2222222*  1     12    0"
  `);
  expect(widest(mixed)).toBeLessThanOrEqual(80);
  for (let length = 1; length <= 30; length++) {
    for (const mock of [false, true]) {
      const name = "n".repeat(length);
      const text = statusTable([{ ...longest, name, mock }], 80, now);
      expect(widest(text)).toBeLessThanOrEqual(80);
      expect(text).toContain(mock ? `${name} (mock)` : name);
    }
  }
});

test("an owner is cut at the very column where the terminal ends", () => {
  const full = statusTable([small], 200, now);
  expect(statusTable([{ ...small, owner: "x".repeat(20) }], widest(full) - 5 + 20, now)).not.toContain("…");
  expect(statusTable([{ ...small, owner: "x".repeat(20) }], widest(full) - 5 + 19, now)).toContain(
    `${"x".repeat(18)}…`,
  );
  expect(statusTable([{ ...small, owner: "x".repeat(20) }], widest(full) - 5 + 7, now)).not.toContain("OWNER");
});

test("notes tell what has no column, wrapped, and a long problem in part", () => {
  const problem = ["Importing `a` failed.", ..."123456".split("").map((line) => `line ${line}`)].join("\n");
  const notes = statusNotes([{ ...small, problem, draining: 2, unapplied: ["gpu", "state"] }], 60);
  expect(notes.join("\n")).toMatchInlineSnapshot(`
    "transcribe: Importing \`a\` failed.
      line 1
      line 2
      line 3
      … \`./conduit status transcribe\` shows all of it.
    transcribe: 2 older workers finish what they run.
    transcribe: Not applied on this platform: gpu, state."
  `);
  expect(statusStory({ ...small, problem }, 60).join("\n")).toContain("line 6");
});

test("an edit that the commits do not show is told", () => {
  const commit = `${one}-dirty`;
  const edited = status({
    candidate: candidate("v2", commit),
    chain: { ...chain, worker: chain.worker && { ...chain.worker, commit } },
  });
  const told = "What was edited since is not live: `./conduit deploy transcribe` makes it so.";
  expect(statusNotes([edited], 120)).toEqual([`transcribe: ${told}`]);
  expect(statusStory(edited, 120)).toContain(told);
});

test("a commit shows as git shows it, an edited folder with a star", () => {
  expect(shortCommit("c".repeat(40))).toBe("ccccccc");
  expect(shortCommit(`${"c".repeat(40)}-dirty`)).toBe("ccccccc*");
  expect(shortCommit(`${"0".repeat(40)}-dirty`)).toBe("none*");
  expect(shortCommit("mock")).toBe("mock");
  expect(shortCommit(null)).toBe("-");
});
