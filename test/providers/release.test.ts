import { expect, test } from "vitest";
import { hasUnknown } from "../../providers/conduit/handler.ts";
import { conduitProvider } from "../../providers/conduit/provider.ts";
import { releaseHandler } from "../../providers/conduit/release.ts";

const wanted = {
  algorithm: "transcribe",
  version: "aaaaaaaaaaaa-bbbbbbbb",
  commit: "1".repeat(40),
  directory: "/checkout",
  settings: { concurrency: 1, timeouts: { startToClose: 60_000 } },
};
const urn = "urn:pulumi:local::p::conduit:index:Algorithm$conduit:index:Release::transcribe";
const provider = conduitProvider({ "conduit:index:Release": releaseHandler });

test("a problem fails the create and the update with its own words", async () => {
  const refused = { algorithm: "transcribe", problem: "The repository cannot be reached." };
  await expect(provider.create?.(urn, refused)).rejects.toThrow("transcribe: The repository cannot be reached.");
  await expect(provider.update?.("transcribe", urn, wanted, refused)).rejects.toThrow(
    "transcribe: The repository cannot be reached.",
  );
});

test("a problem is a change, so that it is told again in every run", async () => {
  expect(await releaseHandler.diff(wanted, { algorithm: "transcribe", problem: "x" })).toEqual({ changes: true });
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
