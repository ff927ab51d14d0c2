import { rename, rm } from "node:fs/promises";
import net from "node:net";
import { hostname } from "node:os";
import { Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { supervisorHandler } from "../../providers/conduit/local/supervisor.ts";
import { Supervisord } from "../../providers/conduit/local/supervisord.ts";
import { temporalProgram, temporalServerHandler } from "../../providers/conduit/local/temporal-server.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { namespaceHandler } from "../../providers/conduit/temporal/namespace.ts";
import { temporaryFolder } from "../support/folders.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import { freePorts } from "../support/ports.ts";

let local: LocalServer;
const namespaces = namespaceHandler();

beforeAll(async () => {
  local = await startLocalServer();
}, 120_000);

afterAll(async () => local?.takeDown(), 60_000);

const speech = () => ({
  address: local.address,
  temporalName: "speech",
  owner: "speech-platform",
  description: "Speech.",
  retentionSeconds: 72 * 3600,
  searchAttributes: { AudioLanguage: "Keyword" },
  adopt: false,
  deleteWithStack: false,
  managedBy: "project/stack",
});

async function describe(namespace: string) {
  const connection = await Connection.connect({ address: local.address });
  try {
    const { namespaceInfo, config } = await connection.workflowService.describeNamespace({ namespace });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return {
      owner: namespaceInfo?.ownerEmail,
      description: namespaceInfo?.description,
      retentionSeconds: Number(config?.workflowExecutionRetentionTtl?.seconds),
      searchAttributes: customAttributes,
    };
  } finally {
    await connection.close();
  }
}

test("a running server is no change, and creating it again starts no second one", async () => {
  const wanted = { ...local.supervisor, port: local.server.port, uiPort: local.server.uiPort };
  expect(await temporalServerHandler.diff(local.server, wanted)).toEqual({ changes: false });
  const { pid } = (await supervisord().process(temporalProgram)) ?? {};
  await temporalServerHandler.create(wanted);
  expect((await supervisord().process(temporalProgram))?.pid).toBe(pid);
});

test("a namespace is created with all that the registry says, is served at once, and once is enough", async () => {
  await namespaces.create(speech());
  const told = { owner: "speech-platform", description: "Speech.", retentionSeconds: 259_200 };
  expect(await describe("speech")).toMatchObject(told);
  expect((await describe("speech")).searchAttributes?.AudioLanguage).toBe(2);
  await namespaces.create(speech());
  expect(await namespaces.diff(speech(), speech())).toEqual({ changes: false });
});

test("retention, owner, description and search attributes change in place", async () => {
  await namespaces.create(speech());
  const changed = {
    ...speech(),
    retentionSeconds: 48 * 3600,
    owner: "others",
    description: "Words.",
    searchAttributes: { AudioLanguage: "Keyword", Seconds: "Double" },
  };
  expect(await namespaces.diff(speech(), changed)).toEqual({ changes: true });
  await namespaces.update(speech(), changed);
  expect(await describe("speech")).toMatchObject({ owner: "others", description: "Words.", retentionSeconds: 172_800 });
  expect((await describe("speech")).searchAttributes).toMatchObject({ AudioLanguage: 2, Seconds: 4 });
});

test("a search attribute cannot change its type", async () => {
  await namespaces.create(speech());
  await expect(
    namespaces.update(speech(), { ...speech(), searchAttributes: { AudioLanguage: "Int" } }),
  ).rejects.toThrow("`AudioLanguage` exists with the type `Keyword`, not `Int`. Give the new one another name.");
});

test("a namespace of somebody else is taken over only with `adopt`", async () => {
  const others = { ...speech(), temporalName: "others", managedBy: "other/stack" };
  await namespaces.create(others);
  const mine = { ...others, managedBy: "project/stack" };
  await expect(namespaces.create(mine)).rejects.toThrow(
    "The Temporal namespace `others` is managed by `other/stack`. " +
      "Choose another `temporalName`, or set `adopt: true` on it to take it over.",
  );
  await namespaces.create({ ...mine, adopt: true });
  await namespaces.create(mine);
});

test("a namespace stays when its resource goes, unless it was to be deleted with the stack", async () => {
  const kept = { ...speech(), temporalName: "kept" };
  await namespaces.create(kept);
  await namespaces.delete(kept);
  expect(await namespaces.read(kept)).toEqual(kept);
  const deleted = { ...speech(), temporalName: "deleted", deleteWithStack: true };
  await namespaces.create(deleted);
  await namespaces.delete(deleted);
  await eventually(async () => (await namespaces.read(deleted)) === undefined, { seconds: 20 });
});

test("a port in use is one clear error that names the setting", async () => {
  const holder = net.createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  const taken = typeof address === "object" && address ? address.port : 0;
  const [uiPort = 0] = await freePorts(1);
  const other = await supervisorHandler.create({ home: `${local.supervisor.home}/other` });
  try {
    await expect(temporalServerHandler.create({ ...other, port: taken, uiPort })).rejects.toThrow(
      "Temporal's dev server cannot start.\n" +
        `- Port ${taken} is in use. Stop what listens there, or set \`conduit:temporalPort\` to another port ` +
        "in the stack's settings, `Pulumi.<stack>.yaml`.",
    );
  } finally {
    await supervisorHandler.delete(other);
    holder.close();
  }
});

test("a new port that is in use leaves the running server as it is; the two ports may change places", async () => {
  const holder = net.createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  const taken = typeof address === "object" && address ? address.port : 0;
  const { port, uiPort } = local.server;
  const moved = { ...local.supervisor, port: taken, uiPort: taken };
  await expect(temporalServerHandler.update(local.server, moved)).rejects.toThrow(
    new RegExp(`- Port ${taken} is in use\\..*conduit:temporalPort.*\n- Port ${taken} is in use\\..*conduit:uiPort`),
  );
  holder.close();
  expect(await temporalServerHandler.read(local.server)).toEqual(local.server);
  const swapped = await temporalServerHandler.update(local.server, { ...local.supervisor, port: uiPort, uiPort: port });
  expect(swapped.address).toBe(`127.0.0.1:${uiPort}`);
  await temporalServerHandler.update(swapped, { ...local.supervisor, port, uiPort });
});

test("history outlives the server, and a server that is gone is a change", async () => {
  await namespaces.create({ ...speech(), temporalName: "lasting" });
  await temporalServerHandler.delete(local.server);
  const wanted = { ...local.supervisor, port: local.server.port, uiPort: local.server.uiPort };
  expect(await temporalServerHandler.diff(local.server, wanted)).toEqual({ changes: true });
  expect(await temporalServerHandler.read(local.server)).toBeUndefined();
  await temporalServerHandler.create(wanted);
  expect(await describe("lasting")).toMatchObject({ owner: "speech-platform" });
});

test("a supervisor that is gone is a change, and nothing of it stays behind", async () => {
  const other = await supervisorHandler.create({ home: `${local.supervisor.home}/gone` });
  expect(await supervisorHandler.diff(other, other)).toEqual({ changes: false });
  await supervisorHandler.delete(other);
  expect(await supervisorHandler.diff(other, other)).toEqual({ changes: true });
  expect(await supervisorHandler.read(other)).toBeUndefined();
  await supervisorHandler.delete(other);
});

test("a supervisor whose folder was taken away is ended, with what it runs, and another one started", async () => {
  const [port = 0, uiPort = 0] = await freePorts(2);
  const home = `${await temporaryFolder()}/taken`;
  const before = await supervisorHandler.create({ home });
  const pid = await new Supervisord(String(before.socket)).pid();
  try {
    await temporalServerHandler.create({ ...before, port, uiPort });
    // The server writes there meanwhile.
    await rm(home, { recursive: true, maxRetries: 20, retryDelay: 50 });
    expect(await supervisorHandler.diff(before, { home })).toEqual({ changes: true });
    const after = await supervisorHandler.create({ home });
    expect(await new Supervisord(String(after.socket)).pid()).not.toBe(pid);
    expect(await supervisorHandler.diff(after, { home })).toEqual({ changes: false });
    const wanted = { ...after, port, uiPort };
    await temporalServerHandler.create(wanted);
    for (const suffix of ["", "-wal", "-shm"]) await rm(`${home}/temporal.db${suffix}`, { force: true });
    expect(await temporalServerHandler.create(wanted)).toMatchObject({ database: expect.stringMatching(/^\d+-\d+$/) });
  } finally {
    await supervisorHandler.delete(before);
  }
}, 120_000);

test("a stack that another clone runs is not taken from it, on this machine or another", async () => {
  const folder = await temporaryFolder();
  const homes = ["one", "two"].map((name) => `${folder}/${name}/.conduit/local`);
  const [home = "", otherHome = ""] = homes;
  const running = await supervisorHandler.create({ home });
  try {
    const refusal = (host: string) =>
      `The stack runs in \`${folder}/one\` on \`${host}\`, and would be taken from there. ` +
      "Give each clone a stack of its own: `./conduit up --stack <name>`. ";
    const other = { home: otherHome };
    await expect(supervisorHandler.diff(running, other)).rejects.toThrow(refusal(hostname()));
    const elsewhere = { ...running, host: "another-machine", marker: "another" };
    await expect(supervisorHandler.diff(elsewhere, { home })).rejects.toThrow(refusal("another-machine"));
    expect(await supervisorHandler.diff(running, { home })).toEqual({ changes: false });
  } finally {
    await supervisorHandler.delete(running);
  }
});

test("a project whose folder was moved, or whose machine has a new name, goes on", async () => {
  const folder = await temporaryFolder();
  const before = await supervisorHandler.create({ home: `${folder}/before` });
  await rename(`${folder}/before`, `${folder}/after`);
  const renamed = { ...before, host: "old-name" };
  expect(await supervisorHandler.diff(renamed, { home: `${folder}/after` })).toEqual({ changes: true });
  const moved = await supervisorHandler.update(renamed, { home: `${folder}/after` });
  try {
    expect(await supervisorHandler.read(before)).toBeUndefined();
    expect(moved).toMatchObject({ marker: before.marker, host: hostname() });
    expect(await supervisorHandler.diff(moved, { home: `${folder}/after` })).toEqual({ changes: false });
  } finally {
    await supervisorHandler.delete(moved);
  }
});

function supervisord(): Supervisord {
  return new Supervisord(String(local.supervisor.socket));
}
