import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
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
  /** What it was asked for and has answered so far. */
  readonly requests: () => Promise<readonly RegistryRequest[]>;
  readonly close: () => Promise<void>;
}

/** A request that the registry has answered. */
export interface RegistryRequest {
  /** Who asked, such as `containerd/1.6.20`. */
  readonly agent: string;
  readonly method: string;
  /** Such as `/v2/algorithms/answer/blobs/sha256:…`. */
  readonly path: string;
  readonly status: number;
  /** How many bytes were answered. */
  readonly bytes: number;
  /** When it was answered, and how long it took: milliseconds. */
  readonly at: number;
  readonly milliseconds: number;
}

/** Starts Debian's `docker-registry` with its files in a folder. */
export async function startRegistry(folder: string): Promise<Registry> {
  const program = findExecutable("docker-registry") ?? (await unpacked("docker-registry", "usr/bin/docker-registry"));
  const [port = 0] = await freePorts(1);
  const host = `127.0.0.1:${port}`;
  await mkdir(folder, { recursive: true });
  const configuration = {
    version: 0.1,
    log: { level: "info", formatter: "json", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: path.join(folder, "files") }, delete: { enabled: true } },
    http: { addr: host },
  };
  const file = path.join(folder, "registry.yml");
  await writeFile(file, JSON.stringify(configuration));
  const logFile = path.join(folder, "registry.log");
  const log = await open(logFile, "w");
  const child = spawn(program, ["serve", file], { stdio: ["ignore", log.fd, log.fd] });
  await log.close();
  const ended = once(child, "exit");
  await eventually(async () => isListening(host), { seconds: 20 });
  const close = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  const requests = async () => requestsIn(await readFile(logFile, "utf8"));
  return { host, url: `http://${host}`, requests, close };
}

const answeredSchema = z.looseObject({
  "http.request.useragent": z.string().default(""),
  "http.request.method": z.string(),
  "http.request.uri": z.string(),
  "http.response.status": z.number(),
  "http.response.written": z.number(),
  "http.response.duration": z.string(),
  time: z.coerce.date(),
});

function requestsIn(log: string): RegistryRequest[] {
  const lines = log.split("\n").filter((line) => line.includes('"response completed"'));
  return lines.map((line) => {
    const answered = answeredSchema.parse(JSON.parse(line));
    return {
      agent: answered["http.request.useragent"],
      method: answered["http.request.method"],
      path: answered["http.request.uri"],
      status: answered["http.response.status"],
      bytes: answered["http.response.written"],
      at: answered.time.getTime(),
      milliseconds: millisecondsOf(answered["http.response.duration"]),
    };
  });
}

/** A duration as Go writes a short one: `1.5ms`. */
function millisecondsOf(text: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)(s|ms|µs|ns)$/.exec(text) ?? [];
  return Number(number) * ({ s: 1e3, ms: 1, µs: 1e-3, ns: 1e-6 }[unit] ?? Number.NaN);
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
