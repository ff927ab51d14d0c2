import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { pipIndexes, pipSettings, uvEnvironment } from "../../providers/conduit/local/uv.ts";
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
  };
  expect(uvEnvironment({ ...needed, ...others })).toEqual({ ...needed, GIT_TERMINAL_PROMPT: "0" });
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
