import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { redacted, UserError } from "../../errors.ts";
import { resolveSource } from "../../sources/index.ts";
import { parseAddress } from "../../sources/remote.ts";
import { temporaryFolder } from "../support/folders.ts";
import { emptyCache } from "./support/options.ts";
import { createRepository } from "./support/repository.ts";

test.each([
  ["https://example.org/team/algorithms.git", "https"],
  ["https://ada@example.org/team/algorithms", "https"],
  ["HTTPS://example.org:8443/x", "https"],
  ["ssh://git@example.org:22/team/algorithms.git", "https"],
  ["git@example.org:team/algorithms.git", "https"],
  ["example.org:algorithms", "https"],
  ["file:///srv/git/algorithms.git", "file"],
  ["http://127.0.0.1:8080/x", "http"],
  ["http://localhost/x", "http"],
])("%s is taken", (address, protocol) => {
  const parsed = parseAddress(address, "/nowhere");
  expect([parsed.url, parsed.protocols[0]]).toEqual([address, protocol]);
});

test.each([
  "--upload-pack=touch /tmp/evil",
  "-oProxyCommand=evil",
  "ext::sh -c evil",
  "EXT::sh%20-c%20evil",
  "fd::17/foo",
  "git://example.org/x",
  "http://example.org/x",
  "http://127.0.0.1.example.org/x",
  "ftp://example.org/x",
  "ssh://-oProxyCommand=evil/x",
  "ssh:///x",
  "https://",
  "https://exa mple.org/x",
  "https://example.org/\nx",
  "host:\u0000x",
  "",
])("%j is refused", (address) => {
  expect(() => parseAddress(address, "/nowhere")).toThrow(
    /^`git` is `.*`, which is no address that Algorithm Conduit takes\. Give /,
  );
});

test("a password in an address is refused and not repeated", () => {
  for (const address of ["https://ada:secret@example.org/x", `https://${"t".repeat(40)}@example.org/x`]) {
    expect(() => parseAddress(address, "/nowhere")).toThrow(
      new UserError(
        "`git` is `https://***@example.org/x`, with a secret in the address. Leave it out, and give the credentials to git " +
          "itself: a credential helper (`git help credentials`) or an ssh key.",
      ),
    );
  }
});

test("credentials are taken out of whatever git says", () => {
  expect(redacted("unable to access 'https://ada:secret@example.org/x/': see ssh://git@host/y")).toBe(
    "unable to access 'https://***@example.org/x/': see ssh://***@host/y",
  );
  expect(redacted("https://ada:p@ss?w@example.org/x, `https://example.org/x?token=secret#a` and a@b?")).toBe(
    "https://***@example.org/x, `https://example.org/x?***#a` and a@b?",
  );
});

test("a folder relative to the project is a repository, one that is not there is an error", async () => {
  const options = await emptyCache();
  const repository = await createRepository(path.join(options.projectDirectory, "my algorithms#1"));
  const commit = repository.commit({ "a.py": "1" });
  const at = (git: string) => resolveSource({ git, ref: "main", subdir: ".", include: [] }, options);
  await expect(at("./my algorithms#1")).rejects.toThrow("no address");
  const plain = await createRepository(path.join(options.projectDirectory, "my#%41lgorithms"));
  const other = plain.commit({ "a.py": "2" });
  expect((await at("my#%41lgorithms")).commit).toBe(other);
  expect(other).not.toBe(commit);
  await expect(at("../nothing")).rejects.toThrow(
    new UserError(
      `\`git\` is \`../nothing\`, which is read as a folder, and there is no \`${path.resolve(options.projectDirectory, "../nothing")}\`. ` +
        "Give an https or ssh address, or the path of a repository on this machine.",
    ),
  );
});

test("ssh is the user's own and never asks", async () => {
  const options = await emptyCache();
  const folder = await temporaryFolder();
  const repository = await createRepository();
  const commit = repository.commit({ "a.py": "1" });
  mkdirSync(path.join(folder, "bin"));
  const ssh = path.join(folder, "bin", "ssh");
  const log = path.join(folder, "log");
  // Runs the command that was asked for here instead of on the host.
  writeFileSync(ssh, `#!/bin/sh\necho "$@" >> '${log}'\nfor last; do :; done\nexec sh -c "$last"\n`);
  chmodSync(ssh, 0o755);
  const before = process.env.GIT_SSH_COMMAND;
  process.env.GIT_SSH_COMMAND = `${ssh} -i key`;
  try {
    const address = `git@example.org:${repository.directory}`;
    const source = await resolveSource({ git: address, ref: "main", subdir: ".", include: [] }, options);
    expect(source.commit).toBe(commit);
  } finally {
    if (before === undefined) delete process.env.GIT_SSH_COMMAND;
    else process.env.GIT_SSH_COMMAND = before;
  }
  expect(readFileSync(log, "utf8").split("\n")[0]).toMatch(
    /^-i key -o BatchMode=yes .*git@example\.org git-upload-pack/,
  );
});
