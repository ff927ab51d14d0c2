import { expect, test } from "vitest";
import * as locations from "../../registry/locations.ts";

const { isCidr, isFolder, isGitAddress, isGitRef, isHostAndPort, isImage, isMountPath, isPathBelow, shortPath } =
  locations;

test.each([
  "https://github.com/acme/speaker-id",
  "https://git.acme.example:8443/research/speaker-id.git",
  "http://localhost:3000/research/speaker-id.git",
  "http://127.0.0.1/speaker-id",
  "ssh://git@github.com/acme/speaker-id.git",
  "ssh://git.acme.example:22/srv/speaker-id",
  "git@github.com:acme/speaker-id.git",
  "git@host:~/speaker-id",
  "file:///srv/git/speaker-id.git",
  "/srv/git/speaker-id",
  ".",
  "../speaker-id",
])("git may be given %s", (address) => {
  expect(isGitAddress(address)).toBe(true);
});

test.each([
  "",
  "-u./evil",
  "--upload-pack=evil",
  "ext::sh -c evil",
  "ext::sh",
  "fd::17",
  "http://github.com/acme/x",
  "http://localhost.example.com/x",
  "http://localhost@example.com/x",
  "http://127.0.0.1:80@example.com/x",
  "git://github.com/acme/x",
  "https://user:secret@github.com/acme/x",
  "https://token@github.com/acme/x",
  "https://github.com",
  "https://-host/x",
  "ssh://-oProxyCommand=evil/x",
  "ssh://-u@host/x",
  "-oProxyCommand=evil@host:x",
  "git@-host:x",
  "git@host:-x",
  "git@host:ext::x",
  "https://host/x y",
  "https://host/x\n",
  "https://host/\u202ex",
  "/srv/a\0b",
  "acme/speaker-id",
  "~/speaker-id",
  `https://host/${"x".repeat(500)}`,
])("git is never given %j", (address) => {
  expect(isGitAddress(address)).toBe(false);
});

test.each(["main", "release/1.4", "v1.4.0", "refs/heads/main", "HEAD", "a".repeat(40), "feature/x_y+z", "ünïcode"])(
  "%s is a ref",
  (ref) => {
    expect(isGitRef(ref)).toBe(true);
  },
);

test.each([
  "",
  "-x",
  "--all",
  "a b",
  "a..b",
  "a~1",
  "a^",
  "a:b",
  "a?",
  "a*",
  "a[",
  "a\\b",
  "@",
  "a@{1}",
  "/a",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a.lock",
  "a.lock/b",
  "a.",
  "a\n",
])("%j is no ref", (ref) => {
  expect(isGitRef(ref)).toBe(false);
});

test.each([".", "speech", "speech/speaker-id", "./speech/", "a..b/c", "src/Model v2"])("%j is a path below", (path) => {
  expect(isPathBelow(path)).toBe(true);
});

test.each([
  "",
  "/",
  "/etc",
  "..",
  "../x",
  "a/../b",
  "a/..",
  "-x",
  ":x",
  ":(top)x",
  "~",
  "a\\b",
  "a*",
  "a?",
  "a[b]",
  ".git",
  "a/.git/hooks",
  "a/.GIT",
  "a\0",
  "a\nb",
])("%j is no path below", (path) => {
  expect(isPathBelow(path)).toBe(false);
});

test("paths are shortened", () => {
  expect(["./", ".", "./src//model/", "src"].map(shortPath)).toEqual([".", ".", "src/model", "src"]);
});

test("other locations are told from what is none", () => {
  expect(["../a", "/a", "a b"].map(isFolder)).toEqual([true, true, true]);
  expect(["", "-a", "~/a", "a\n"].map(isFolder)).toEqual([false, false, false, false]);
  expect(["/data", "/var/lib/model-1"].map(isMountPath)).toEqual([true, true]);
  expect(["/", "data", "/a/../b", "/a/", "/a:b"].map(isMountPath)).toEqual([false, false, false, false, false]);
  expect(
    ["ranker", "ghcr.io/acme/ranker:1.4", "localhost:5000/a/b", `a@sha256:${"0".repeat(64)}`].map(isImage),
  ).toEqual([true, true, true, true]);
  expect(["", "-a", "A/B", "a:b:c", "a@sha256:0", "a b", "https://x/y"].map(isImage)).toEqual(Array(7).fill(false));
  expect(["temporal:7233", "a.b.tmprl.cloud:7233", "[::1]:7233"].map(isHostAndPort)).toEqual([true, true, true]);
  expect(["temporal", "temporal:", "a:70000", "http://a:1", "a:1/x", "-a:1"].map(isHostAndPort)).toEqual(
    Array(6).fill(false),
  );
  expect(["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"].map(isCidr)).toEqual([true, true, true]);
  expect(["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "x/8"].map(isCidr)).toEqual(Array(5).fill(false));
});

test("an image's name is matched in time that grows with its length alone", () => {
  const before = process.cpuUsage(); // not the clock: the machine may be busy with something else
  expect(isImage(`${"a-".repeat(240)}!`)).toBe(false);
  expect(isImage(`${"a".repeat(490)}!`)).toBe(false);
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});
