import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { onTestFinished } from "vitest";

/** One request to the server. */
export interface GitRequest {
  readonly method: string;
  readonly path: string;
  /** What git asked for, uncompressed only. */
  body: string;
}

/** A real git server on a free port of the loopback. */
export interface GitServer {
  /** The address of the repository `name` below the root. */
  url(name: string): string;
  /** Every request so far; may be emptied. */
  readonly requests: GitRequest[];
  /** Answers requests instead of git, until it is taken away. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Serves the repositories below a folder, taken down when the test is over. */
export async function serveRepositories(root: string): Promise<GitServer> {
  const server = await startGitServer(root);
  onTestFinished(() => server.close());
  return server;
}

/** Serves the repositories below a folder with git's own `http-backend`, until it is closed; over https with a key and its certificate. */
export async function startGitServer(
  root: string,
  tls?: { key: Buffer; cert: Buffer },
): Promise<GitServer & { close(): Promise<void> }> {
  const requests: GitRequest[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const entry: GitRequest = { method: request.method ?? "", path: request.url ?? "", body: "" };
    requests.push(entry);
    if (served.intercept?.(request, response)) return;
    backend(root, request, response, entry);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  const served: GitServer & { close(): Promise<void> } = {
    url: (name) => `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}/${name}`,
    requests,
    intercept: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return served;
}

function backend(root: string, request: IncomingMessage, response: ServerResponse, entry: GitRequest): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  request.on("data", (chunk: Buffer) => {
    entry.body += chunk.toString("latin1");
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  const head: Buffer[] = [];
  let started = false;
  child.stdout.on("data", (chunk: Buffer) => {
    if (started) return response.write(chunk);
    head.push(chunk);
    const all = Buffer.concat(head);
    const end = all.indexOf("\r\n\r\n");
    if (end < 0) return;
    started = true;
    for (const line of all.subarray(0, end).toString("latin1").split("\r\n")) {
      const [, name = "", value = ""] = /^([^:]+): (.*)$/.exec(line) ?? [];
      if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(all.subarray(end + 4));
  });
  child.stdout.on("end", () => response.end());
}
