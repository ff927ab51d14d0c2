import { existsSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UserError } from "../../errors.ts";
import { findExecutable } from "../../tools/executables.ts";
import { vendorVersion } from "../../tools/install-pulumi.ts";
import { ensurePulumi, findPulumi, missingPulumi, problemWith } from "../../tools/toolchain.ts";
import { makeFolder } from "../support/folders.ts";
import { script } from "./support.ts";

let folder: string;
let bin: string;
let cache: string;
const onProgress = vi.fn<(line: string) => void>();
const unreachable = "`https://get.pulumi.com/install.sh` cannot be reached from this machine.";
const builtIn = `No Pulumi CLI can be downloaded here, so version 3.246.0 is built from its source with Go. About 1,400 packages are compiled, which takes several minutes; this is done once, and the result is kept.`;

beforeEach(async () => {
  folder = await makeFolder();
  bin = path.join(folder, "bin");
  cache = path.join(folder, "cache");
  await mkdir(bin);
  await symlink(findExecutable("chmod") ?? "", path.join(bin, "chmod"));
  await symlink(findExecutable("mkdir") ?? "", path.join(bin, "mkdir"));
  vi.stubEnv("PATH", bin);
  vi.stubEnv("CONDUIT_CACHE", cache);
  vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new Error("offline")));
  onProgress.mockReset();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true, force: true });
});

async function putPulumi(version: string, { host = true } = {}): Promise<void> {
  await script(path.join(bin, "pulumi"), `echo ${version}`);
  if (host) await script(path.join(bin, "pulumi-language-nodejs"), "");
}

/** A `go` whose build is a script that prints the version that the linker was given. */
async function putGo(): Promise<void> {
  const body = `
    while [ "$1" != -o ]; do [ "$1" != -ldflags ] || flags=$2; shift; done
    printf '#!/bin/sh\\necho "%s"\\n' "\${flags##*=}" > "$2"
    chmod +x "$2"`;
  await script(path.join(bin, "go"), body);
}

async function failure(): Promise<unknown> {
  return await ensurePulumi({ onProgress }).catch((thrown: unknown) => thrown);
}

test("a Pulumi on the PATH serves as it is, and the PATH stays as it is", async () => {
  await putPulumi("v3.251.0");
  const { command, ...rest } = await ensurePulumi({ onProgress });
  expect(rest).toEqual({ bin, version: "3.251.0", executable: "pulumi", environment: { PATH: bin } });
  expect([command.command, command.version?.version]).toEqual(["pulumi", "3.251.0"]);
  expect(onProgress).not.toHaveBeenCalled();
  expect(existsSync(cache)).toBe(false);
});

test("a language host beside the real file of a linked Pulumi counts", async () => {
  const distribution = path.join(folder, "pulumi");
  await mkdir(distribution);
  await script(path.join(distribution, "pulumi"), "echo v3.251.0");
  await script(path.join(distribution, "pulumi-language-nodejs"), "");
  await symlink(path.join(distribution, "pulumi"), path.join(bin, "pulumi"));
  expect((await findPulumi())?.bin).toBe(bin);
});

test("why a Pulumi on the PATH does not serve is said", async () => {
  await putPulumi("v3.251.0", { host: false });
  const pulumi = path.join(bin, "pulumi");
  expect(problemWith(pulumi, "v3.251.0")).toBe(
    `\`${pulumi}\` has no \`pulumi-language-nodejs\` beside it or on the PATH. Install the whole distribution.`,
  );
  expect(problemWith(pulumi, "v3.199.0")).toBe(
    `\`${pulumi}\` is version 3.199.0, but 3.200.0 or later is needed. Update it.`,
  );
  expect(problemWith(pulumi, undefined)).toBe(`\`${pulumi} version\` gives no version. Repair or remove it.`);
  await script(path.join(bin, "pulumi-language-nodejs"), "");
  expect(problemWith(pulumi, "v3.200.0")).toBeUndefined();
});

test("where nothing can be downloaded, the pinned modules are built once and then serve", async () => {
  await putPulumi("v3.100.0");
  await putGo();
  const built = await ensurePulumi({ onProgress });
  expect(built.version).toBe("3.246.0");
  expect(path.relative(cache, built.bin)).toMatch(/^toolchain\/pulumi-v3\.246\.0-[0-9a-f]{16}\/bin$/);
  expect(built.environment).toEqual({ PATH: [built.bin, bin].join(path.delimiter) });
  expect(built.command.command).toBe(path.join(built.bin, "pulumi"));
  expect(onProgress.mock.calls).toEqual([[builtIn]]);

  await rm(path.join(bin, "go"));
  expect((await ensurePulumi({ onProgress })).bin).toBe(built.bin);
  expect(onProgress).toHaveBeenCalledTimes(1);
});

test("where the vendor can be reached, the SDK's own installer runs", async () => {
  const installer = `
    bin=$3/bin; mkdir -p "$bin"
    printf '#!/bin/sh\\necho "v%s"\\n' "$5" > "$bin/pulumi"
    printf '#!/bin/sh\\n' > "$bin/pulumi-language-nodejs"
    chmod +x "$bin/pulumi" "$bin/pulumi-language-nodejs"`;
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(installer)));
  const installed = await ensurePulumi({ onProgress });
  expect(installed.version).toBe(vendorVersion);
  expect(path.relative(cache, installed.bin)).toBe(
    `toolchain/pulumi-${vendorVersion}-${process.platform}-${process.arch}/bin`,
  );
  expect(onProgress.mock.calls).toEqual([[`Downloading the Pulumi CLI ${vendorVersion} (once).`]]);
});

test("where the installer fails, the pinned modules are built", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("exit 3")));
  await putGo();
  expect((await ensurePulumi({ onProgress })).version).toBe("3.246.0");
  expect(onProgress.mock.calls).toEqual([[`Downloading the Pulumi CLI ${vendorVersion} (once).`], [builtIn]]);
});

test("where nothing helps, one error says why and how to install the CLI", async () => {
  await putPulumi("v3.100.0");
  const problems = [
    `\`${bin}/pulumi\` is version 3.100.0, but 3.200.0 or later is needed. Update it.`,
    unreachable,
    "`go` is not on the PATH, so the CLI cannot be built from its source either.",
  ];
  expect(await failure()).toEqual(missingPulumi(problems));
  expect(missingPulumi(["A.", "B."])).toEqual(
    new UserError(
      "The Pulumi CLI is missing and cannot be installed automatically. Install it as https://www.pulumi.com/docs/install/ " +
        "says, with `pulumi` on the PATH, or install Go 1.25.11 or later to have it built, and run this again.",
      ["A.", "B."],
    ),
  );
});

test("a build that fails shows the end of what Go printed", async () => {
  await script(path.join(bin, "go"), "echo 'go: no disk space' >&2; exit 2");
  const problems = [unreachable, "`go build` of `pulumi-language-nodejs` failed:\ngo: no disk space"];
  expect(await failure()).toEqual(missingPulumi(problems));
});

test("a vendor that answers with an error is as good as none", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 503 })));
  const problems = [
    "`https://get.pulumi.com/install.sh` answers with status 503.",
    "`go` is not on the PATH, so the CLI cannot be built from its source either.",
  ];
  expect(await failure()).toEqual(missingPulumi(problems));
});
