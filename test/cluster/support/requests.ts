import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  /** The HTTP status, as 404. */
  readonly status: number;
  /** What the API server says, as `AlreadyExists`; empty when it says none. */
  readonly reason: string;

  constructor(request: string, status: number, body: { readonly message?: string; readonly reason?: string }) {
    super(`${request}: ${status} ${body.message ?? ""}`.trimEnd());
    this.status = status;
    this.reason = body.reason ?? "";
  }
}

/** One request: the path with its query, and a body, which is sent as JSON; a text is sent as it is. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  /** @default "application/json" */
  readonly type?: string;
  readonly body?: unknown;
}

/** Asks an API server, and gives what it answers as it is. */
export type ApiRequests = <T>(request: ApiRequest) => Promise<T>;

/**
 * Requests to the cluster of a kubeconfig file. Bodies go out as they are: the client's own typed objects leave out fields that
 * they do not know, and it is the API server that is to find those.
 *
 * @throws ApiError in each request that does not succeed
 */
export function requestsTo(kubeconfig: string): ApiRequests {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error(`\`${kubeconfig}\` names no cluster.`);
  const options: https.RequestOptions = {};
  const ready = config.applyToHTTPSOptions(options);
  return async ({ method, path, type = "application/json", body }) => {
    await ready;
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const headers = text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) };
    const { status, answer } = await send(new URL(path, server), { ...options, method, headers }, text);
    const parsed = answer.startsWith("{") ? JSON.parse(answer) : { message: answer };
    if (status < 200 || status > 299) throw new ApiError(`${method} ${path}`, status, parsed);
    return parsed;
  };
}

function send(
  address: URL,
  options: https.RequestOptions,
  text: string | undefined,
): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const request = https.request(address, options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(parts).toString() }));
    });
    request.on("error", reject);
    request.end(text);
  });
}
