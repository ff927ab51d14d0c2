import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation/index.js";
import { expect, onTestFinished, test, vi } from "vitest";
import { holdersIn, inTurn } from "../../cli/turn.ts";
import { temporaryFolder } from "../support/folders.ts";

const refusal: unknown = Object.assign(Object.create(ConcurrentUpdateError.prototype), {
  message: "[409] Conflict: Another update is currently in progress.",
});

test("who holds a stack is read from the engine's refusal", () => {
  const said = `code: 255
 stdout: Updating (local):
 stderr: error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///home/a%20b/.conduit/state/.pulumi/locks/organization/p/local/1.json: created by Ada L@laptop (pid 12) at 2026-11-22T14:00:00Z
  s3://bucket/.pulumi/locks/organization/p/local/2.json: created by ci@runner-7 (pid 3) at 2026-11-22T15:00:00+01:00
`;
  const since = new Date("2026-11-22T14:00:00Z");
  expect(holdersIn(said)).toEqual([
    {
      lock: "file:///home/a%20b/.conduit/state/.pulumi/locks/organization/p/local/1.json",
      username: "Ada L",
      hostname: "laptop",
      pid: 12,
      since,
    },
    {
      lock: "s3://bucket/.pulumi/locks/organization/p/local/2.json",
      username: "ci",
      hostname: "runner-7",
      pid: 3,
      since,
    },
  ]);
  expect(holdersIn("[409] Conflict: Another update is currently in progress.")).toEqual([]);
});

test("a backend that does not say who holds the stack is asked again every few seconds, and that is told once", async () => {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
  onTestFinished(() => clock.mockRestore());
  const tries: number[] = [];
  const told: string[] = [];
  const operation = async () => {
    tries.push(now);
    if (tries.length < 3) throw refusal;
    return "done";
  };
  expect(await inTurn(operation, { tell: (line) => told.push(line) })).toBe("done");
  expect(told).toEqual(["Another run holds the stack. Waiting for its end; Ctrl-C stops waiting."]);
  expect(tries.slice(1).every((at, index) => at - (tries[index] ?? 0) >= 3000)).toBe(true);
});

test("a run that ended while it was waited for is over, and one that is gone but for its lock is told", async () => {
  const file = path.join(await temporaryFolder(), "lock.json");
  const held = Object.assign(Object.create(ConcurrentUpdateError.prototype), {
    message: `  file://${file}: created by me@${hostname()} (pid ${2 ** 22 + 1}) at 2026-11-22T14:00:00Z`,
  });
  const refusedOnce = () => vi.fn(async () => "done").mockRejectedValueOnce(held);
  expect(await inTurn(refusedOnce(), { tell: () => {} })).toBe("done");
  await writeFile(file, "");
  await expect(inTurn(refusedOnce(), { tell: () => {} })).rejects.toThrow("The run that holds the stack is gone");
});

test("an interrupt ends the waiting in the middle of a try as well", async () => {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 4000));
  onTestFinished(() => clock.mockRestore());
  let tries = 0;
  const operation = async () => {
    if (++tries > 1) process.emit("SIGINT");
    throw refusal;
  };
  await expect(inTurn(operation, { tell: () => {} })).rejects.toThrow(
    "Interrupted while it waited: nothing was changed.",
  );
  expect(tries).toBe(2);
});
