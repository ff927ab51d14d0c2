import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { refuseFolderSources } from "../../registry/folder-sources.ts";
import { resolveRegistry } from "../../registry/resolve.ts";

const sources = {
  folder: { path: "../ranker" },
  url: { git: "file:///srv/ranker" },
  relative: { git: "./ranker" },
  remote: { git: "https://host/team/ranker" },
  ssh: { git: "git@host:team/ranker" },
  mock: { mock: "mocks/ranker.py" },
};
const algorithms = Object.entries(sources).map(([name, source]) => [name, { namespace: "a", owner: "us", source }]);
const registry = resolveRegistry(
  { namespaces: { a: { owner: "us" } }, algorithms: Object.fromEntries(algorithms) },
  "prod",
);

test("folders of this machine are sources where workers run on it", () => {
  refuseFolderSources(registry, "local");
});

test("elsewhere each is refused, `file:` URLs too", () => {
  expect(() => refuseFolderSources(registry, "kubernetes")).toThrow(
    new UserError("On the platform `kubernetes`, sources cannot be folders of the machine that deploys.", [
      '`algorithms.folder.source.path` is "../ranker", a folder of this machine. Give an https or ssh address.',
      '`algorithms.url.source.git` is "file:///srv/ranker", a folder of this machine. Give an https or ssh address.',
      '`algorithms.relative.source.git` is "./ranker", a folder of this machine. Give an https or ssh address.',
    ]),
  );
});

test.each([
  "ext::sh -c 'touch evil'",
  "EXT::sh",
  "fd::17",
  "file::/srv/x",
  "git+file:///srv/x",
  "-ufile:///srv/x",
  "http://host/x",
])("the address %j is refused on every platform", (git) => {
  const algorithm = { namespace: "a", owner: "us", source: { git } };
  expect(() =>
    resolveRegistry({ namespaces: { a: { owner: "us" } }, algorithms: { one: algorithm } }, "local"),
  ).toThrow(
    `\`algorithms.config.ts\` has 1 problem.\n- \`algorithms.one.source.git\` is ${JSON.stringify(git)}. Write an address such as`,
  );
});
