import http from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { messageOf } from "../../../errors.ts";
import { ApiError, NoSuchKind } from "./api-error.ts";
import { client, isUnreachable } from "./client.ts";
import { discovery } from "./discovery.ts";
import type { Json } from "./json.ts";
import { objectsOf } from "./objects.ts";

interface Answer {
  readonly code?: number;
  readonly headers?: Record<string, string>;
  readonly body: Json;
}

/** An API server that gives these answers, one after the other, and tells what it was asked. */
async function apiServer(...answers: readonly Answer[]) {
  const asked: string[] = [];
  const sockets = new Set<unknown>();
  const server = http.createServer((request, response) => {
    sockets.add(request.socket);
    const answer = answers[asked.length];
    asked.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => {
      if (answer === undefined) return request.socket.destroy();
      response.writeHead(answer.code ?? 200, answer.headers).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const agent = new http.Agent({ keepAlive: true });
  onTestFinished(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  const connection = { server: `http://127.0.0.1:${port}`, namespace: "default", headers: {}, agent };
  const send = client(connection, new AbortController().signal);
  return { asked, sockets, send, objects: objectsOf(send, discovery(send), "default") };
}

const core = {
  resources: [
    { name: "configmaps", kind: "ConfigMap", namespaced: true },
    { name: "namespaces", kind: "Namespace", namespaced: false },
    { name: "namespaces/status", kind: "Namespace", namespaced: false },
  ],
};
const settings = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "a" } };

test("writes are strict, over one connection, and a group's kinds are asked for once", async () => {
  const { asked, sockets, objects } = await apiServer(
    { body: core },
    { body: settings },
    { body: settings },
    { body: {} },
  );
  await objects.create(settings, { manager: "m", dryRun: true });
  await objects.apply(settings, { manager: "m", dryRun: false, force: false });
  await objects.get({ apiVersion: "v1", kind: "Namespace", name: "a" });
  expect(asked).toEqual([
    "GET /api/v1",
    "POST /api/v1/namespaces/a/configmaps?fieldManager=m&fieldValidation=Strict&dryRun=All",
    "PATCH /api/v1/namespaces/a/configmaps/settings?fieldManager=m&fieldValidation=Strict&force=false",
    "GET /api/v1/namespaces/a",
  ]);
  expect(sockets.size).toBe(1);
});

test("a kind that is not there is asked for again the next time", async () => {
  const added = { resources: [{ name: "things", kind: "Thing", namespaced: true }] };
  const { objects } = await apiServer({ code: 404, body: {} }, { body: added });
  const thing = { apiVersion: "example.test/v1", kind: "Thing" };
  await expect(objects.discover(thing)).rejects.toBeInstanceOf(NoSuchKind);
  expect(await objects.discover(thing)).toEqual({ plural: "things", namespaced: true });
});

test("a refusal is an error with the server's words", async () => {
  const status = { kind: "Status", code: 409, reason: "AlreadyExists", message: 'configmaps "a" already exists' };
  const { send } = await apiServer({ code: 409, body: status });
  const thrown = await send({ method: "POST", path: "/", body: {} }).catch((error) => error);
  expect(thrown).toBeInstanceOf(ApiError);
  expect(messageOf(thrown)).toBe('configmaps "a" already exists');
});

test("a server that is too busy is asked again, one that breaks off is not asked to create twice", async () => {
  const busy = { code: 429, headers: { "retry-after": "0" }, body: {} };
  const { asked, send } = await apiServer(busy, busy, { body: { a: 1 } });
  expect(await send({ method: "GET", path: "/" })).toEqual({ a: 1 });
  const thrown = await send({ method: "POST", path: "/", body: {} }).catch((error) => error);
  expect(isUnreachable(thrown)).toBe(true);
  expect(asked).toEqual(["GET /", "GET /", "GET /", "POST /"]);
});
