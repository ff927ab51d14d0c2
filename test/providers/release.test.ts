import { expect, test } from "vitest";
import { hasUnknown } from "../../providers/conduit/handler.ts";
import { conduitProvider } from "../../providers/conduit/provider.ts";
import { refusalHandler, releaseHandler } from "../../providers/conduit/release.ts";

const wanted = {
  algorithm: "transcribe",
  version: "aaaaaaaaaaaa-bbbbbbbb",
  commit: "1".repeat(40),
  directory: "/checkout",
  settings: { concurrency: 1, timeouts: { startToClose: 60_000 } },
};
const urn = "urn:pulumi:local::p::conduit:index:Algorithm$conduit:index:Release::transcribe";
const provider = conduitProvider({ "conduit:index:Release": releaseHandler });

test("a problem fails a first release with its own words", async () => {
  const refused = { algorithm: "transcribe", problem: "The repository cannot be reached." };
  await expect(provider.create?.(urn, refused)).rejects.toThrow("transcribe: The repository cannot be reached.");
});

test("a problem leaves a release that has a version as it is", () => {
  const refused = { algorithm: "transcribe", problem: "The repository cannot be reached." };
  expect(releaseHandler.check?.(wanted, refused)).toEqual(wanted);
  expect(releaseHandler.check?.({}, refused)).toEqual(refused);
  expect(releaseHandler.check?.(wanted, { ...wanted, version: "c" })).toEqual({ ...wanted, version: "c" });
});

test("a refusal always fails, in its problem's own words", async () => {
  const refusal = { algorithm: "transcribe", problem: "The repository cannot be reached." };
  await expect(refusalHandler.create(refusal)).rejects.toThrow("The repository cannot be reached.");
});

test("another commit with the same content changes nothing", async () => {
  expect(await releaseHandler.diff(wanted, { ...wanted, commit: "2".repeat(40) })).toEqual({ changes: false });
});

test("another version and other settings are changes, another order of fields is none", async () => {
  expect(await releaseHandler.diff(wanted, { ...wanted, version: "c" })).toEqual({ changes: true });
  expect(await releaseHandler.diff(wanted, { ...wanted, settings: { concurrency: 2 } })).toEqual({ changes: true });
  const reordered = { timeouts: { startToClose: 60_000 }, concurrency: 1 };
  expect(await releaseHandler.diff(wanted, { ...wanted, settings: reordered })).toEqual({ changes: false });
});

test("an unknown resource type is a bug, named", async () => {
  await expect(provider.create?.("urn:pulumi:local::p::conduit:index:Nothing::x", {})).rejects.toThrow(
    "The provider `conduit` has no resource type `conduit:index:Nothing`.",
  );
});

test("values that a preview cannot know are found at any depth", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  expect(hasUnknown({ a: [{ b: unknown }] })).toBe(true);
  expect(hasUnknown({ a: [{ b: "known" }], c: null })).toBe(false);
});
