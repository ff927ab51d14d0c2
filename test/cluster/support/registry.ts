import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { findExecutable } from "../../../tools/executables.ts";
import { isListening } from "../../../tools/is-listening.ts";
import { debianPackage } from "../../support/debian-package.ts";
import { freePorts } from "../../support/ports.ts";

/** A container registry of a test, on the loopback. */
export interface Registry {
  /** `127.0.0.1:…`. */
  readonly host: string;
  /** Its HTTP API. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts Debian's `docker-registry` with its files in a folder. */
export async function startRegistry(folder: string): Promise<Registry> {
  const program = findExecutable("docker-registry") ?? (await unpacked("docker-registry", "usr/bin/docker-registry"));
  const [port = 0] = await freePorts(1);
  const host = `127.0.0.1:${port}`;
  await mkdir(folder, { recursive: true });
  const configuration = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: path.join(folder, "files") }, delete: { enabled: true } },
    http: { addr: host },
  };
  const file = path.join(folder, "registry.yml");
  await writeFile(file, JSON.stringify(configuration));
  const child = spawn(program, ["serve", file], { stdio: "ignore" });
  const ended = once(child, "exit");
  await eventually(async () => isListening(host), { seconds: 20 });
  const close = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { host, url: `http://${host}`, close };
}

async function unpacked(name: string, place: string): Promise<string> {
  return path.join(await debianPackage(name), place);
}

/** A manifest in the registry; undefined when it is not there. */
export async function manifestOf({ url }: Registry, repository: string, reference: string): Promise<unknown> {
  const accept = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";
  const response = await fetch(`${url}/v2/${repository}/manifests/${reference}`, { headers: { accept } });
  return response.ok ? await response.json() : undefined;
}
