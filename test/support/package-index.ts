import { readdirSync, readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import path from "node:path";
import { runUv } from "../../providers/conduit/local/uv.ts";
import { uvPath } from "../../tools/python-tools.ts";

/** A private package index on the loopback, as PEP 503 describes it, that asks for a name and a password. */
export interface PackageIndex {
  /** The address that is given to package managers, without credentials: `http://127.0.0.1:…/simple/`. */
  readonly url: string;
  /** What was given out, to those with the right password: `/files/labkit-1.0.0-py3-none-any.whl`. */
  readonly served: string[];
  readonly close: () => Promise<void>;
}

/** Serves the distributions in a folder. */
export async function servePackages(
  folder: string,
  accounts: readonly { username: string; password: string }[],
): Promise<PackageIndex> {
  const wanted = accounts.map(({ username, password }) => basicAuthorization(username, password));
  const served: string[] = [];
  const server = createServer((request, response) => {
    const place = new URL(request.url ?? "/", "http://localhost").pathname;
    if (!wanted.includes(request.headers.authorization ?? "")) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="lab"' }).end();
      return;
    }
    const body = answer(folder, place, request);
    if (body !== undefined) served.push(place);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": typeOf(place) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${address.port}/simple/`, served, close };
}

/** The header with which a client tells its name and password. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Builds a package from its sources with `uv build`; `how` is `--wheel` or `--sdist`. */
export async function buildPackage(source: string, how: "--wheel" | "--sdist", folder: string): Promise<void> {
  const copy = path.join(folder, "sources", path.basename(source)); // a build leaves files in its sources
  await cp(source, copy, { recursive: true });
  await runUv(["build", "--quiet", how, "--out-dir", folder, copy], { uv: await uvPath(), cwd: folder });
}

function answer(folder: string, place: string, { method }: IncomingMessage): Buffer | string | undefined {
  const files = readdirSync(folder).filter((name) => /\.(whl|tar\.gz)$/.test(name));
  const [, project] = /^\/simple\/([\w-]+)\/$/.exec(place) ?? [];
  if (project !== undefined) {
    const own = files.filter((name) => name.split("-")[0]?.replaceAll("_", "-") === project);
    if (own.length === 0) return undefined;
    return own.map((name) => `<a href="../../files/${name}">${name}</a>`).join("\n");
  }
  const file = files.find((name) => place === `/files/${name}`);
  if (file === undefined) return undefined;
  return method === "HEAD" ? "" : readFileSync(path.join(folder, file));
}

function typeOf(place: string): string {
  return place.startsWith("/simple/") ? "text/html" : "application/octet-stream";
}
