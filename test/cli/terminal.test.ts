import { expect, test } from "vitest";
import { shortCommit, statusTable } from "../../cli/status.ts";
import { parseIdentity } from "../../cli/task-queue.ts";
import { formatAge, formatElapsed } from "../../cli/terminal.ts";
import { chooseActivity } from "../../cli/verbs/call.ts";

const now = new Date("2026-01-02T00:00:00Z");

test("the status table has one line an algorithm, and says what was not applied and what is wrong", () => {
  const status = {
    name: "transcribe",
    namespace: "speech",
    owner: "asr",
    wantedCommit: "a".repeat(40),
    liveCommit: "b".repeat(40),
    liveVersion: "x",
    upToDate: false,
    pollers: 1,
    backlog: 12,
    inFlight: 2,
    draining: 1,
    lastDeploy: "2026-01-01T20:00:00Z",
    mock: false,
    unapplied: ["gpu", "state"],
    runs: true,
    problem: null,
  };
  const mock = { ...status, name: "summarize", mock: true, wantedCommit: null, liveCommit: null, lastDeploy: null };
  const refused = { ...mock, unapplied: [], problem: "The file is missing." };
  expect(statusTable([status, refused], now)).toMatchInlineSnapshot(`
    "ALGORITHM         WANTED   LIVE     POLLERS  BACKLOG  IN FLIGHT  DRAINING  DEPLOYED  OWNER
    transcribe        aaaaaaa  bbbbbbb  1        12       2          1         4 h ago   asr
    summarize (mock)  -        -        1        12       2          1         -         asr
    transcribe: not applied on this platform: gpu, state.
    summarize: The file is missing."
  `);
});

test("a commit shows as git shows it, an edited folder with a star", () => {
  expect(shortCommit("c".repeat(40))).toBe("ccccccc");
  expect(shortCommit(`${"c".repeat(40)}-dirty`)).toBe("ccccccc*");
  expect(shortCommit(`${"0".repeat(40)}-dirty`)).toBe("uncommitted*");
  expect(shortCommit("mock")).toBe("mock");
  expect(shortCommit(null)).toBe("-");
});

test("times are short", () => {
  expect([950, 4200, 200_000].map(formatElapsed)).toEqual(["950 ms", "4.2 s", "3 min 20 s"]);
  const ages = ["2026-01-01T23:59:30Z", "2026-01-01T23:20:00Z", "2026-01-01T00:00:00Z", "2025-12-20T00:00:00Z"];
  expect(ages.map((age) => formatAge(new Date(age), now))).toEqual(["just now", "40 min ago", "24 h ago", "13 d ago"]);
});

test("a worker's identity tells commit and version", () => {
  expect(parseIdentity("speaker-id@abcdef012345+0123456789ab-01234567@host:7")).toEqual({
    commit: "abcdef012345",
    version: "0123456789ab-01234567",
  });
  expect(parseIdentity("12@host")).toBeUndefined();
});

test("the activity may be left out where there is one", () => {
  const one = { activities: [{ name: "transcribe" }] };
  expect(chooseActivity("a", one, ["x"])).toEqual({ activity: "transcribe", args: ["x"] });
  expect(chooseActivity("a", one, ["transcribe", "x"])).toEqual({ activity: "transcribe", args: ["x"] });
  const two = { activities: [{ name: "train" }, { name: "predict" }] };
  expect(chooseActivity("a", two, ["predict"])).toEqual({ activity: "predict", args: [] });
  expect(() => chooseActivity("a", two, ["x"])).toThrow(
    "`a` has several activities. Say which: `./conduit call a <activity> …`, one of `train`, `predict`.",
  );
});
