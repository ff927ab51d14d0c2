import { expect, test } from "vitest";
import { externalEndpoint } from "../../../../components/kubernetes/temporal/external.ts";
import { temporalSettingsSchema } from "../../../../components/kubernetes/temporal/settings.ts";
import { problemsOf } from "../../../../registry/problems.ts";
import { atPath } from "../../../../registry/wording.ts";
import { clusterSettings, devServerSettings, existingPostgres, ownPostgres } from "./support.ts";

function problems(written: unknown): string[] {
  const parsed = temporalSettingsSchema.safeParse(written);
  if (parsed.success) return [];
  return problemsOf(parsed.error.issues, written, (path) => atPath(["temporal", ...path], "settings"));
}

const cluster = { mode: "cluster", numHistoryShards: 512, postgres: existingPostgres };

test("a dev server needs nothing but its mode", () => {
  expect(devServerSettings()).toMatchInlineSnapshot(`
    {
      "clients": [],
      "cpu": 250,
      "image": "temporalio/temporal:1.9.1",
      "memory": 1073741824,
      "mode": "dev-server",
      "namespace": {
        "create": true,
        "name": "temporal",
      },
      "ui": true,
      "uiClients": [],
    }
  `);
});

test("a cluster needs its shards and its PostgreSQL", () => {
  expect(clusterSettings()).toMatchInlineSnapshot(`
    {
      "clients": [],
      "dynamicConfig": {},
      "images": {
        "adminTools": "temporalio/admin-tools",
        "server": "temporalio/server",
        "ui": "temporalio/ui",
        "uiVersion": "2.52.0",
      },
      "internalFrontend": false,
      "mode": "cluster",
      "namespace": {
        "create": true,
        "name": "temporal",
      },
      "numHistoryShards": 512,
      "postgres": {
        "cidrs": [],
        "createDatabases": true,
        "database": "temporal",
        "host": "db.acme.io",
        "kind": "existing",
        "password": {
          "key": "password",
          "name": "temporal-postgres",
        },
        "port": 5432,
        "user": "temporal",
        "visibilityDatabase": "temporal_visibility",
      },
      "schemaTimeout": 1800000,
      "services": {
        "frontend": {
          "cpu": 250,
          "memory": 536870912,
          "replicas": 2,
        },
        "history": {
          "cpu": 250,
          "memory": 1073741824,
          "replicas": 2,
        },
        "matching": {
          "cpu": 250,
          "memory": 536870912,
          "replicas": 2,
        },
        "worker": {
          "cpu": 250,
          "memory": 536870912,
          "replicas": 2,
        },
      },
      "ui": true,
      "uiClients": [],
      "version": "1.31.2",
    }
  `);
  expect(clusterSettings({ postgres: ownPostgres }).postgres).toMatchInlineSnapshot(`
    {
      "cpu": 250,
      "database": "temporal",
      "deleteWithStack": false,
      "generated": true,
      "image": "postgres:17.6",
      "kind": "own",
      "memory": 1073741824,
      "password": {
        "key": "password",
        "name": "temporal-postgres",
      },
      "size": 10737418240,
      "user": "temporal",
      "visibilityDatabase": "temporal_visibility",
    }
  `);
});

test("every problem is told at once, with what to write", () => {
  expect(
    problems({
      ...cluster,
      version: "1.29.0",
      numHistoryShards: 0,
      replicas: 3,
      services: { history: { replicas: 0, memory: "1" } },
      postgres: { host: "db.acme.io", password: "hunter2" },
      clients: [{ namespace: "Speech" }],
      dynamicConfig: { rps: 1 },
    }),
  ).toMatchInlineSnapshot(`
    [
      "\`temporal.version\` is "1.29.0". Write a version of the server from 1.30.0 on, such as "1.31.2".",
      "\`temporal.services.history.replicas\` is 0. Write a whole number from 1 to 100.",
      "\`temporal.services.history.memory\` is "1". Write an amount with its unit, such as "512Mi" or "1Gi".",
      "\`temporal.numHistoryShards\` is 0. Write a whole number from 1 to 131072.",
      "\`temporal.postgres.password\` is a text that does not fit. Write where the value is, \`{ name, key }\`, and never the value itself.",
      "\`temporal.dynamicConfig.rps\` is not a valid name. Name settings as the server does, such as "limit.blobSize.error".",
      "\`temporal.clients[0].namespace\` is "Speech". Write the name of a Kubernetes namespace, such as "temporal".",
      "\`temporal.replicas\` is not a field. The fields here are \`mode\`, \`namespace\`, \`version\`, \`images\`, \`services\`, \`internalFrontend\`, \`numHistoryShards\`, \`postgres\`, \`schemaTimeout\`, \`ui\`, \`dynamicConfig\`, \`clients\`, \`uiClients\`, \`publicAddress\`.",
    ]
  `);
});

test("what is missing or in two minds is told with the choices", () => {
  const wrong = [
    { mode: "kubernetes" },
    { mode: "cluster", postgres: existingPostgres },
    { ...cluster, postgres: { user: "temporal" } },
    { mode: "external", address: "temporal.acme.io" },
  ];
  expect(wrong.flatMap(problems)).toMatchInlineSnapshot(`
    [
      "\`temporal.mode\` is "kubernetes". Give \`mode\`: "dev-server", "cluster" or "external".",
      "\`temporal.numHistoryShards\` is missing. Write a whole number from 1 to 131072.",
      "\`temporal.postgres\` is an object of \`user\`. Give either \`host\` and \`password\` of a PostgreSQL that is there, or \`size\` of one to make.",
      "\`temporal.address\` is "temporal.acme.io". Write \`host:port\`, such as "speech.a1b2c.tmprl.cloud:7233".",
    ]
  `);
});

test("a namespace of an external Temporal has what it says itself, and else what all have", () => {
  const settings = temporalSettingsSchema.parse({
    mode: "external",
    address: "temporal.acme.io:7233",
    apiKey: { name: "temporal", key: "api-key" },
    namespaces: {
      speech: { address: "speech.a1b2c.tmprl.cloud:7233", tls: { clientCertificate: "speech-client" } },
    },
  });
  if (settings.mode !== "external") throw new Error("Temporal is external.");
  expect(externalEndpoint(settings, "speech")).toEqual({
    address: "speech.a1b2c.tmprl.cloud:7233",
    tls: { clientCertificate: "speech-client" },
    apiKey: { name: "temporal", key: "api-key" },
  });
  expect(externalEndpoint(settings, "toString")).toEqual({
    address: "temporal.acme.io:7233",
    tls: undefined,
    apiKey: { name: "temporal", key: "api-key" },
  });
});
