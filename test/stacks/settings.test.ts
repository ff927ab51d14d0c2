import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { projectRoot } from "../../stacks/project.ts";
import { parseSettings } from "../../stacks/settings.ts";
import { temporaryFolder } from "../support/folders.ts";

test("a stack that sets nothing runs on this machine, on Temporal's usual ports", () => {
  expect(parseSettings({}, "local")).toEqual({
    platform: "local",
    temporalPort: 7233,
    uiPort: 8233,
    workers: "always",
  });
});

test("every wrong setting is told at once", () => {
  const parse = () => parseSettings({ platform: "moon", temporalPort: "80", uiPort: "8233" }, "local");
  expect(parse).toThrow(UserError);
  expect(parse).toThrow(
    [
      "The settings of the stack `local` cannot be used.",
      '- `conduit:platform` is "moon". Choose from `local`, `kubernetes`.',
      '- `conduit:temporalPort` is "80". Choose a port from 1024 to 65535.',
    ].join("\n"),
  );
});

test.each(["1023", "65536", "7233.5", "http", "", "-1"])("%j is no port", (port) => {
  expect(() => parseSettings({ uiPort: port }, "local")).toThrow(
    `The settings of the stack \`local\` cannot be used.\n- \`conduit:uiPort\` is "${port}". Choose a port from 1024 to 65535.`,
  );
});

test("two servers cannot have one port, also where it is a default", () => {
  expect(() => parseSettings({ temporalPort: "8233" }, "local")).toThrow(
    "- `conduit:temporalPort` and `conduit:uiPort` are both 8233. Choose two different ports.",
  );
});

test("an unknown setting is answered with the nearest, or with all of them", () => {
  expect(() => parseSettings({ uiPrt: "9000", replicas: "2" }, "local")).toThrow(
    [
      "- `conduit:uiPrt` is not a setting. Did you mean `conduit:uiPort`?",
      "- `conduit:replicas` is not a setting. The settings are `conduit:platform`, `conduit:temporalPort`, `conduit:uiPort`, `conduit:workers`.",
    ].join("\n"),
  );
});

test("a setting of the other platform is told as one", () => {
  expect(() => parseSettings({ autoscaler: "none" }, "local")).toThrow(
    "- `conduit:autoscaler` is a setting of the platform `kubernetes`, and this stack's is `local`. Remove it, or set `conduit:platform`.",
  );
});

test("an amount of CPU may be a bare number, as YAML and `pulumi config set --path` write it", () => {
  const kubernetes = '{"quota":{"cpu":2},"limitRange":{"cpu":0.5}}';
  expect(parseSettings({ platform: "kubernetes", kubernetes }, "prod")).toMatchObject({
    kubernetes: { quota: { cpu: 2000 }, limitRange: { cpu: 500 } },
  });
});

test("structured settings come as JSON, and every problem in them is told with its place", () => {
  const given = {
    platform: "kubernetes",
    temporal: '{"mode":"external","address":"temporal"}',
    kubernetes: '{"contxt":"prod","podStart":"soon"}',
  };
  expect(() => parseSettings(given, "prod")).toThrow(
    [
      "The settings of the stack `prod` cannot be used.",
      '- `conduit:kubernetes.podStart` is "soon". Write a duration of at least 1s, such as "30s", "5m" or "72h" (units: ms, s, m, h, d, w).',
      "- `conduit:kubernetes.contxt` is not a field. Did you mean `context`?",
      '- `conduit:temporal.address` is "temporal". Write `host:port`, such as "speech.a1b2c.tmprl.cloud:7233".',
    ].join("\n"),
  );
});

test("a stack on Kubernetes that says no more has a dev server, KEDA and a namespace for each of Temporal's", () => {
  const settings = parseSettings({ platform: "kubernetes" }, "dev");
  expect(settings).toMatchObject({
    platform: "kubernetes",
    temporal: { mode: "dev-server", namespace: { name: "temporal", create: true } },
    autoscaler: "keda",
    keda: { namespace: "keda" },
    kubernetes: { namespaces: {} },
  });
});

test("a folder without a registry above it is no project", async () => {
  const folder = await temporaryFolder();
  expect(() => projectRoot(folder)).toThrow(
    `There is no \`algorithms.config.ts\` in \`${folder}\` or above it. Change to your project's folder.`,
  );
});

test("a run is limited to named algorithms, and a name that is none is told with those there are", () => {
  const all = [{ name: "transcribe" }, { name: "speaker-id" }];
  expect(onlyNamed(all, [])).toEqual(all);
  expect(onlyNamed(all, ["speaker-id"])).toEqual([{ name: "speaker-id" }]);
  expect(() => onlyNamed(all, ["speaker", "transcribe"])).toThrow(
    "There is no algorithm `speaker` in the registry. Did you mean `speaker-id`?",
  );
});
