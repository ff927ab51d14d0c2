import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { answering, gated } from "../support/algorithms.ts";
import { makeAnsweringProject } from "../support/answering-project.ts";
import { debianPackage, hasDebianPackages } from "../support/debian-package.ts";
import {
  type AlgorithmRepository,
  repository as checkout,
  type Project,
  type Running,
  startIn,
} from "../support/project.ts";

// A clock that was wrong, or is: runs whose clock is a day ahead or behind meet what others left.

let project: Project;
let repository: AlgorithmRepository;
let faketime: string;

beforeAll(async () => {
  if (!hasDebianPackages) return;
  const folder = path.join(await debianPackage("libfaketime"), "usr", "lib");
  const names = await readdir(folder, { recursive: true });
  faketime = path.join(folder, names.find((name) => name.endsWith("libfaketime.so.1")) ?? "");
  ({ project, repository } = await makeAnsweringProject());
});

afterAll(async () => project?.remove());

/** Starts `./conduit` with its clock, its provider's and git's set off; only the clock of the day jumps on real machines. */
function startAt(offset: "+1d" | "-1d", ...args: string[]): Running {
  const clock = { LD_PRELOAD: faketime, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
  return startIn(project.root, path.join(checkout, "conduit"), args, { ...process.env, ...clock });
}

async function answer(): Promise<unknown> {
  return JSON.parse(await project.must("call", "answer"));
}

/** How long ago the algorithm went live, as `status` shows it. */
async function since({ outcome }: Running): Promise<string | undefined> {
  const [head = "", line = ""] = (await outcome).stdout.split("\n");
  return line.slice(head.indexOf("SINCE"), head.indexOf("OWNER")).trim();
}

for (const offset of ["+1d", "-1d"] as const) {
  test.runIf(hasDebianPackages)(
    `a deploy whose clock is off by ${offset} works, and so do those before and after`,
    async () => {
      await repository.commit(answering(`at ${offset}`));
      const there = await startAt(offset, "deploy").outcome;
      expect(there.code, there.stderr).toBe(0);
      expect(await answer()).toBe(`at ${offset}`);
      // What lies ahead is now: no age is negative.
      expect(await since(project.start("status"))).toMatch(offset === "+1d" ? /^now$/ : /^24 h$/);
      expect(await since(startAt(offset, "status"))).toMatch(/^(now|\d+ min)$/);
      await repository.commit(answering(`after ${offset}`));
      await project.must("up");
      expect(await answer()).toBe(`after ${offset}`);
    },
  );

  test.runIf(hasDebianPackages)(`a run waits for one whose clock is off by ${offset}`, async () => {
    const gate = path.join(project.root, `gate${offset}`);
    await repository.commit(gated(`gated ${offset}`, gate));
    const first = startAt(offset, "deploy");
    await eventually(async () => /starting its worker/.test(first.told()), { seconds: 120 });
    const second = project.start("deploy");
    await eventually(async () => /Another run holds the stack/.test(second.told()), { seconds: 120 });
    await writeFile(gate, "");
    expect((await first.outcome).code).toBe(0);
    expect((await second.outcome).code).toBe(0);
    expect(await answer()).toBe(`gated ${offset}`);
  });
}
