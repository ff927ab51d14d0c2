import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import {
  assertCheckoutable,
  assertLinksStay,
  isLfsPointer,
  isSafePath,
  linkEnd,
} from "../../sources/checkout-rules.ts";

const ID = "0".repeat(40);

test.each(["a", "a/b.py", ".gitignore", ".github/x", "git", "-x", "a..b", "...", "ü", "a\nb", "git~2", ".gitx"])(
  "%j is written",
  (name) => expect(isSafePath(name)).toBe(true),
);

test.each([
  "",
  "/a",
  "a/",
  "a//b",
  ".",
  "..",
  "a/../b",
  ".git",
  "a/.GIT/config",
  ".git.",
  ".git ",
  "GIT~1",
  ".gi\u200dt",
  "a\0b",
])("%j is not written", (name) => expect(isSafePath(name)).toBe(false));

test("no safe path leaves its folder", () => {
  const part = fc.oneof(fc.constantFrom("..", ".", "", "a", ".git", "\u200c..", "/"), fc.string({ maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const name = parts.join("/");
      fc.pre(isSafePath(name));
      expect(path.join("/top", name).startsWith("/top/")).toBe(true);
    }),
  );
});

test.each([
  [{ a: "b" }, "a", "b"],
  [{ "d/a": "../b" }, "d/a", "b"],
  [{ a: "." }, "a", "."],
  [{ a: ".." }, "a", undefined],
  [{ a: "/etc/passwd" }, "a", undefined],
  [{ a: "../x" }, "a", undefined],
  [{ a: "a" }, "a", undefined],
  [{ a: "b", b: "a" }, "a", undefined],
  [{ "d/e/top": "../..", "d/e/a": "top/../x" }, "d/e/a", undefined],
  [{ "d/e/top": "../..", "d/e/a": "top/x" }, "d/e/a", "x"],
  [{ l: "d/e", a: "l/../f" }, "a", "d/f"],
])("among the links %j, %s ends at %s", (links, link, end) => {
  expect(linkEnd(new Map(Object.entries(links)), link)).toBe(end);
});

test("a chain of links never ends outside, however it is made", () => {
  const target = fc.array(fc.constantFrom("..", "a", "b", "c", "."), { minLength: 1, maxLength: 5 });
  const links = fc.dictionary(
    fc.constantFrom("a", "b", "c/a", "c/b", "d/e/f"),
    target.map((parts) => parts.join("/")),
  );
  fc.assert(
    fc.property(links, (table) => {
      for (const link of Object.keys(table)) {
        const end = linkEnd(new Map(Object.entries(table)), link);
        if (end !== undefined) expect(end.startsWith("..") || end.startsWith("/")).toBe(false);
      }
    }),
  );
});

test("all problems of links are told at once, with what to do about each", () => {
  const links = new Map([
    ["a/out", "/etc"],
    ["a/shared", "../shared/x"],
    ["a/in", "b"],
  ]);
  expect(() => assertLinksStay(links, ["a"], true)).toThrow(
    new UserError("Symbolic links leave what is checked out.", [
      "`a/out` points to `/etc`. Replace it by the file itself.",
      "`a/shared` points to `../shared/x`. Correct the path, or add `shared/x` to `include`.",
    ]),
  );
  expect(() => assertLinksStay(links, ["a", "shared"], true)).toThrow("a/out");
});

test("names that could not stand beside each other are refused", () => {
  const file = (name: string) => ({ path: name, mode: "100644", id: ID });
  expect(() => assertCheckoutable([file("a"), file("a/b")])).toThrow("files stand where folders do (`a/b`)");
  expect(() => assertCheckoutable([file("a"), file("a")])).toThrow("files stand where folders do");
  expect(() => assertCheckoutable([file("a\u202e/.git")])).toThrow(
    new UserError("The repository has files with names that are never written: `a\\u202e/.git`."),
  );
  expect(() => assertCheckoutable([file("a"), file("b")])).not.toThrow();
});

test("a pointer of Git LFS is told from a file that begins like one", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
  expect(isLfsPointer(Buffer.from(pointer))).toBe(true);
  expect(isLfsPointer(Buffer.from(pointer + "x".repeat(2000)))).toBe(false);
  expect(isLfsPointer(Buffer.from("version 1"))).toBe(false);
});
