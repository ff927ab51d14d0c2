import { expect, test } from "vitest";
import { parseState } from "../../cli/state.ts";
import { chooseNamespace, shellLines } from "../../cli/verbs/connect.ts";
import { targetOf } from "../../components/temporal-access.ts";
import { temporalVariables } from "../../providers/conduit/temporal/variables.ts";

const stackState = (temporalAccess: object) =>
  parseState({ resources: [{ urn: "urn:stack", type: "pulumi:pulumi:Stack", outputs: { temporalAccess } }] });

const portForward = { namespace: "temporal", service: "temporal-frontend", port: 7233 };
const cluster = { address: "temporal-frontend.temporal.svc:7233", portForward };
const cloud = { address: "speech.a1b2c.tmprl.cloud:7233", tls: true };

test("the stack's outputs say how each namespace is reached; one may be served elsewhere", () => {
  const namespaces = {
    text: { temporalName: "text" },
    speech: { temporalName: "speech.a1b2c", access: cloud },
  };
  const { access } = stackState({ ...cluster, namespaces });
  if (!access) throw new Error("It was told.");
  expect(targetOf(access, { name: "text", temporalName: "text" })).toEqual({
    ...cluster,
    key: "text",
    temporalName: "text",
  });
  expect(targetOf(access, { name: "speech", temporalName: "speech.a1b2c" })).toEqual({
    ...cloud,
    key: "speech",
    temporalName: "speech.a1b2c",
  });
});

test("a namespace may have any name", () => {
  const { access } = stackState(cluster);
  if (!access) throw new Error("It was told.");
  expect(targetOf(access, { name: "constructor", temporalName: "constructor" })).toMatchObject(cluster);
});

test("a stack that made no Temporal has no way to it", () => {
  expect(stackState({}).access).toBeUndefined();
});

test("the only namespace need not be named; others have to be, by a name of the registry", () => {
  const [speech, text] = [{ name: "speech" }, { name: "text" }];
  expect(chooseNamespace([speech], undefined)).toBe(speech);
  expect(chooseNamespace([speech, text], "text")).toBe(text);
  expect(() => chooseNamespace([speech, text], undefined)).toThrow(
    "Say which namespace: `./conduit connect <namespace>`, one of `speech`, `text`.",
  );
  expect(() => chooseNamespace([speech, text], "speach")).toThrow(
    "There is no namespace `speach` in the registry. Did you mean `speech`?",
  );
});

test("what the SDKs read is told as they read it, and an API key only by the variable that holds it", () => {
  const target = { ...cloud, key: "speech", temporalName: "speech.a1b2c" };
  const reached = {
    dial: "127.0.0.1:40001",
    tls: { serverName: "temporal.example", isOverridden: true },
    credentials: {
      apiKey: { value: "planted-key", variable: "TEMPORAL_API_KEY_SPEECH" },
      files: { TEMPORAL_TLS_SERVER_CA_CERT_PATH: "/keys/our ca.pem" },
    },
    metadata: {},
    problem: () => undefined,
    close: async () => {},
  };
  const lines = shellLines(temporalVariables(target, reached), "TEMPORAL_API_KEY_SPEECH");
  expect(lines).toMatchInlineSnapshot(`
    "export TEMPORAL_ADDRESS=127.0.0.1:40001
    export TEMPORAL_NAMESPACE=speech.a1b2c
    export TEMPORAL_TLS=true
    export TEMPORAL_TLS_SERVER_NAME=temporal.example
    export TEMPORAL_TLS_SERVER_CA_CERT_PATH='/keys/our ca.pem'
    export TEMPORAL_API_KEY="$TEMPORAL_API_KEY_SPEECH""
  `);
});
