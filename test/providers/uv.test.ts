import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { uvEnvironment } from "../../providers/conduit/local/uv.ts";
import { namedIndexes, pipIndexes, pipSettings } from "../../providers/conduit/local/uv-configuration.ts";
import { separateCredentials, withStoredCredentials } from "../../providers/conduit/local/uv-credentials.ts";
import { uvPath } from "../../tools/python-tools.ts";
import { temporaryFolder } from "../support/folders.ts";

test("uv and the builds in it see no key of a deployer, and nothing that sends them elsewhere", () => {
  const needed = {
    PATH: "/bin",
    HOME: "/home/ada",
    UV_DEFAULT_INDEX: "https://example.org/simple",
    UV_INDEX_INTERNAL_PASSWORD: "for the index",
    HTTPS_PROXY: "http://proxy",
    SSL_CERT_FILE: "/ca.pem",
    CC: "clang",
    SSH_AUTH_SOCK: "/agent",
  };
  const others = {
    AWS_SECRET_ACCESS_KEY: "x",
    PULUMI_ACCESS_TOKEN: "x",
    PULUMI_CONFIG_PASSPHRASE: "x",
    TEMPORAL_API_KEY: "x",
    KUBECONFIG: "x",
    VIRTUAL_ENV: "x",
    PYTHONPATH: "x",
    UV_PYTHON: "3.8",
    UV_PROJECT_ENVIRONMENT: "x",
    GIT_DIR: "x",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: "x",
  };
  expect(uvEnvironment({ ...needed, ...others })).toEqual({ ...needed, GIT_TERMINAL_PROMPT: "0" });
});

test("passwords of package indexes are taken out of uv's environment", () => {
  const named = new Map([
    ["lab", "https://lab.example/simple/"],
    ["plain.text", "http://far.example/simple/"],
  ]);
  const variables = {
    PATH: "/bin",
    UV_INDEX_LAB_USERNAME: "ada",
    UV_INDEX_LAB_PASSWORD: "one",
    UV_INDEX_OTHER_PASSWORD: "of an index that nobody names",
    UV_INDEX_PLAIN_TEXT_USERNAME: "ada",
    UV_INDEX_PLAIN_TEXT_PASSWORD: "two",
    UV_PUBLISH_TOKEN: "three",
    UV_GITHUB_TOKEN: "four",
    UV_INDEX: "team=https://eve:f%40ive@team.example/a/simple https://open.example/simple",
    UV_INDEX_TEAM_USERNAME: "bob",
    UV_DEFAULT_INDEX: "https://token@only.example/simple",
    UV_FIND_LINKS: "https://u:six@links.example/,./wheels",
  };
  expect(separateCredentials(variables, named)).toEqual({
    variables: {
      PATH: "/bin",
      UV_INDEX_PLAIN_TEXT_USERNAME: "ada",
      UV_INDEX_PLAIN_TEXT_PASSWORD: "two",
      UV_INDEX: "team=https://team.example/a/simple https://open.example/simple",
      UV_INDEX_TEAM_USERNAME: "bob",
      UV_DEFAULT_INDEX: "https://token@only.example/simple",
      UV_FIND_LINKS: "https://links.example/,./wheels",
    },
    credentials: [
      { url: "https://team.example/a/simple", username: "eve", password: "f@ive" },
      { url: "https://links.example/", username: "u", password: "six" },
      { url: "https://lab.example/simple/", username: "ada", password: "one" },
    ],
  });
});

test("a password with a percent sign that nobody escaped is taken as it is", () => {
  const { credentials } = separateCredentials({ UV_INDEX: "https://ada:50%25%off@lab.example/simple" }, new Map());
  expect(credentials).toEqual([{ url: "https://lab.example/simple", username: "ada", password: "50%%off" }]);
});

test("the names of indexes come from uv's files around a folder, but for those that the user's own give", async () => {
  const folder = await temporaryFolder();
  const file = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  file("config/uv/uv.toml", '[[index]]\nname = "own"\nurl = "https://own.example/"\n');
  const named = (name: string, url: string) => `[[tool.uv.index]]\nname = "${name}"\nurl = "${url}"\n`;
  const other = named("own", "https://elsewhere.example/");
  file(
    "project/pyproject.toml",
    `${other}${named("lab", "https://lab.example/")}${named("near", "https://far.example/")}`,
  );
  file("project/member/pyproject.toml", named("near", "https://near.example/"));
  file("project/member/uv.toml", "[index\n");
  const indexes = await namedIndexes(path.join(folder, "project", "member"), {
    XDG_CONFIG_HOME: path.join(folder, "config"),
  });
  expect(Object.fromEntries(indexes)).toEqual({
    own: "https://own.example/",
    lab: "https://lab.example/",
    near: "https://near.example/",
  });
});

test("an index that is configured for pip alone is told to uv", async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, "pip.conf");
  writeFileSync(
    file,
    "[global]\nindex-url = https://example.org/a\nextra-index-url =\n    https://example.org/b\n    https://example.org/c\n",
  );
  const user = { XDG_CONFIG_HOME: folder, PIP_CONFIG_FILE: file };
  expect(await pipIndexes(user)).toEqual({
    UV_DEFAULT_INDEX: "https://example.org/a",
    UV_INDEX: "https://example.org/b https://example.org/c",
  });
  expect((await pipIndexes({ ...user, PIP_INDEX_URL: "https://example.org/d" })).UV_DEFAULT_INDEX).toBe(
    "https://example.org/d",
  );
  expect(await pipIndexes({ ...user, UV_INDEX_URL: "https://example.org/e" })).toEqual({});
});

test("pip's configuration is read as pip does", () => {
  const text =
    "# a\n[freeze]\nindex-url = x\n[global]\n; b\nindex-url: https://example.org/a\ntimeout = 60\n\n[install]\nfind-links =\n  one\n  # c\n  two\n";
  expect([...pipSettings(text)]).toEqual([
    ["index-url", "https://example.org/a"],
    ["timeout", "60"],
    ["find-links", "one two"],
  ]);
});

test("a store of credentials is gone after its use, and what a killed process left is gone at the next", async () => {
  const folder = await temporaryFolder();
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const { pid = 0 } = spawnSync("true");
  for (const name of [`conduit-uv-${pid}-killed`, `conduit-uv-${process.ppid}-running`])
    mkdirSync(path.join(folder, name));
  const credentials = [{ url: "http://127.0.0.1/simple", username: "ada", password: "for the index" }];
  const seen = await withStoredCredentials(credentials, { uv: await uvPath(), env: process.env }, async () =>
    readdirSync(folder).toSorted(),
  );
  expect(seen).toContainEqual(expect.stringMatching(`^conduit-uv-${process.pid}-`));
  expect(seen).not.toContain(`conduit-uv-${pid}-killed`);
  expect(readdirSync(folder)).toEqual([`conduit-uv-${process.ppid}-running`]);
});
