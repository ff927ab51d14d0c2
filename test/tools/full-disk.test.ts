import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { explainInstallFailure } from "../../providers/conduit/local/explain-install-failure.ts";
import { UvFailure } from "../../providers/conduit/local/uv.ts";
import { explainGitFailure } from "../../sources/explain-git-failure.ts";
import { GitFailure } from "../../sources/git.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { explainFullDisk } from "../../tools/full-disk.ts";

const sentence = `There is no space left on the disk. Free some on that of the cache, \`${cacheDirectory()}\`, or of the project, and run this again.`;

/** What a write to a full device throws. */
function written(): unknown {
  try {
    return writeFileSync("/dev/full", "x");
  } catch (thrown) {
    return thrown;
  }
}

test.runIf(process.platform === "linux")("a write to a full disk is one sentence", () => {
  expect(explainFullDisk(written())).toEqual(new UserError(sentence));
});

test("git and uv that find the disk full are told with the same sentence", async () => {
  const said = "fatal: write error: No space left on device";
  const remote = { label: "https://host/x", protocols: ["https"] };
  expect(explainGitFailure(new GitFailure("fetch", 128, said, false), remote, "read")).toEqual(new UserError(sentence));
  const uv = new UvFailure(
    ["pip", "install"],
    "error: failed to write to file: No space left on device (os error 28)",
    false,
  );
  const context = { dependencies: { kind: "none" as const }, python: "3.11", pythons: async () => [] };
  const runtime = { file: "requirements.txt", pinned: "", firm: [] };
  expect(await explainInstallFailure(uv, context, runtime)).toEqual(new UserError(sentence));
});

test("what is no full disk, or explained already, stays as it is", () => {
  const other = new Error("No such file");
  const told = new UserError("Importing `a` failed: OSError: [Errno 28] No space left on device");
  expect([explainFullDisk(other), explainFullDisk(told)]).toEqual([other, told]);
});
