import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { openRemote, type Remote } from "../../sources/remote.ts";
import { isRefName, resolveCommit } from "../../sources/resolve-commit.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";

async function remoteOf(repository: TestRepository): Promise<Remote> {
  return await openRemote(repository.directory, "/");
}

test("branches, tags, full refs and HEAD are found, a branch before a tag", async () => {
  const repository = await createRepository();
  const first = repository.commit({ "a.py": "1" });
  repository.git("tag", "light");
  repository.git("tag", "--annotate", "--message", "a release", "v1.0");
  repository.git("tag", "both");
  repository.git("update-ref", "refs/pull/7/head", first);
  const second = repository.commit({ "a.py": "2" });
  repository.git("branch", "both");
  repository.git("branch", "other/main");
  const remote = await remoteOf(repository);
  const found = async (ref: string) => Object.values(await resolveCommit(remote, ref));
  expect(await found("main")).toEqual([second, "refs/heads/main"]);
  expect(await found("light")).toEqual([first, "refs/tags/light"]);
  expect(await found("v1.0")).toEqual([first, "refs/tags/v1.0"]);
  expect(await found("both")).toEqual([second, "refs/heads/both"]);
  expect(await found("refs/tags/both")).toEqual([first, "refs/tags/both"]);
  expect(await found("refs/pull/7/head")).toEqual([first, "refs/pull/7/head"]);
  expect(await found("HEAD")).toEqual([second, "HEAD"]);
  expect(await found("A".repeat(40))).toEqual(["a".repeat(40), "a".repeat(40)]);
});

test("a missing ref is an error that names near ones", async () => {
  const repository = await createRepository();
  const remote = await remoteOf(repository);
  const what = (ref: string) => `\`${remote.label}\` has no branch or tag \`${ref}\`.`;
  const says = (ref: string, said: string) => expect(resolveCommit(remote, ref)).rejects.toThrow(new UserError(said));
  await says("main", `${what("main")} It has no commits yet: push one.`);
  const commit = repository.commit({ "a.py": "1" });
  repository.git("branch", "release/2026");
  repository.git("tag", "v1.0");
  await says("mian", `${what("mian")} Did you mean \`main\`?`);
  await says("release", `${what("release")} Did you mean \`release/2026\`?`);
  await says("zzzzzzzz", `${what("zzzzzzzz")} It has \`main\`, \`release/2026\` and \`v1.0\`.`);
  await says(
    commit.slice(0, 10),
    `${what(commit.slice(0, 10))} If it is a commit, give it in full, all 40 characters.`,
  );
});

test.each([
  "-h",
  "--upload-pack=evil",
  "a b",
  "a..b",
  "a^{}",
  "a:b",
  "*",
  "a\nb",
  "a\u0000b",
  "@{u}",
  "",
  ".a",
  "a/",
  "a.lock",
  "/a",
  "a~1",
])("%j is refused as the name of a ref", async (ref) => {
  expect(isRefName(ref)).toBe(false);
  const remote = { url: "file:///nowhere", label: "nowhere", protocols: ["file"], environment: {} };
  await expect(resolveCommit(remote, ref)).rejects.toThrow(
    /which cannot be the name of a branch or a tag\. Give a branch, a tag, or a commit in full\.$/,
  );
});

test.each(["main", "feature/x-1", "v1.0", "HEAD", "refs/heads/main", "ünï", "a@b", "fix#1", "a+b"])(
  "%j may be the name of a ref",
  (ref) => expect(isRefName(ref)).toBe(true),
);
