import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../../../errors.ts";
import { ApiError } from "./api-error.ts";
import type { Connection } from "./connection.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** One request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** @example "/api/v1/namespaces/default/configmaps" */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** @default "application/json" */
  readonly contentType?: string;
}

/** Sends a request and answers the object; throws an {@link ApiError} when the server refuses. */
export type Send = (request: ApiRequest) => Promise<JsonObject>;

const timeoutMilliseconds = 60_000;
const attempts = 5;

/** Requests over the kept connections of one API server. A server that is too busy is asked again. */
export function client(connection: Connection, signal: AbortSignal): Send {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await once(connection, request, signal).catch((thrown) => {
        if (attempt === attempts || !isStaleConnection(thrown, request)) throw thrown;
        return undefined;
      });
      if (answer === undefined) continue;
      const { code, object, retryAfter } = answer;
      if (code < 400) return object;
      if (code !== 429 || attempt === attempts) throw new ApiError(code, object, `${request.path}: HTTP ${code}`);
      await sleep(retryAfter * 1000, undefined, { signal });
    }
  };
}

interface Answer {
  readonly code: number;
  readonly object: JsonObject;
  /** Seconds, for a server that is too busy. */
  readonly retryAfter: number;
}

function once(connection: Connection, request: ApiRequest, signal: AbortSignal): Promise<Answer> {
  const { method, path, query = {}, body, contentType = "application/json" } = request;
  const url = new URL(connection.server + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...connection.headers,
    Accept: "application/json",
    ...(text === undefined ? {} : { "Content-Type": contentType, "Content-Length": Buffer.byteLength(text) }),
  };
  const options = { method, headers, agent: connection.agent, signal, timeout: timeoutMilliseconds };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "http:" ? http.request : https.request;
    const sent = start(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const retryAfter = Number(response.headers["retry-after"] ?? 1);
        resolve({ code: response.statusCode ?? 0, object: parse(Buffer.concat(chunks).toString()), retryAfter });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`${connection.server} did not answer within 60 s.`)));
    sent.on("error", (thrown) => reject(new RequestFailed(thrown, sent.reusedSocket)));
    sent.end(text);
  });
}

/** A request that got no answer. */
class RequestFailed extends Error {
  readonly code: string | undefined;

  constructor(
    cause: Error,
    /** Whether it went over a connection that had been idle, which the server may just have closed. */
    readonly reused: boolean,
  ) {
    super(cause.message, { cause });
    this.code = codeOf(cause);
  }
}

/** Whether the API server did not answer at all. */
export function isUnreachable(thrown: unknown): boolean {
  return thrown instanceof RequestFailed && thrown.code !== "ABORT_ERR";
}

/** A create that got no answer may have been done, so it is not repeated. */
function isStaleConnection(thrown: unknown, { method }: ApiRequest): boolean {
  return method !== "POST" && thrown instanceof RequestFailed && thrown.reused && thrown.code === "ECONNRESET";
}

/** An answer that is no JSON object, such as a proxy's page, becomes a message. */
function parse(text: string): JsonObject {
  try {
    const parsed: Json = JSON.parse(text);
    return isObject(parsed) ? parsed : { message: text };
  } catch {
    return { message: text.trim() };
  }
}
