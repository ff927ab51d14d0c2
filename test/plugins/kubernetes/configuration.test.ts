import { expect, test } from "vitest";
import { problemsOf, readConfiguration } from "./configuration.ts";
import { providerChanges } from "./provider-changes.ts";
import { unknown } from "./secrets.ts";
import { unsupportedType } from "./unsupported.ts";

const variables = (settings: Readonly<Record<string, string>>) =>
  new Map(Object.entries(settings).map(([key, value]) => [`kubernetes:config:${key}`, value]));

test("a provider's own setting comes before the environment's, and an empty one is none", () => {
  const environment = { PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE: "true", PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" };
  const given = variables({ kubeconfig: "", namespace: "a", upsertExistingObjects: "false" });
  expect(readConfiguration(given, environment)).toMatchObject({
    kubeconfig: undefined,
    namespace: "a",
    serverSideApply: true,
    upsertExistingObjects: false,
    configMapMutable: true,
    secretMutable: false,
  });
});

test("settings that the stand-in does not have are refused by name", () => {
  expect(
    problemsOf(variables({ renderYamlToDirectory: "out", enableServerSideApply: "false", namespace: "a" })),
  ).toEqual([
    "The stand-in for the kubernetes plugin has no `renderYamlToDirectory`.",
    "The stand-in for the kubernetes plugin only applies on the server.",
  ]);
});

const kubeconfig = (server: string, token: string) =>
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });

test("another credential replaces nothing, another server everything", () => {
  const olds = { kubeconfig: kubeconfig("https://a", "1") };
  expect(providerChanges(olds, olds)).toEqual({ changed: [], replaces: [] });
  const rotated = { kubeconfig: kubeconfig("https://a", "2") };
  expect(providerChanges(olds, rotated)).toEqual({ changed: ["kubeconfig"], replaces: [] });
  const other = { kubeconfig: kubeconfig("https://b", "1") };
  expect(providerChanges(olds, other)).toEqual({ changed: ["kubeconfig"], replaces: ["kubeconfig"] });
  expect(providerChanges(olds, { kubeconfig: unknown }).replaces).toEqual(["kubeconfig"]);
});

test("where a cluster is named, only its name counts", () => {
  const named = (clusterIdentifier: string, server: string) => ({
    clusterIdentifier,
    kubeconfig: kubeconfig(server, "1"),
  });
  expect(providerChanges(named("a", "https://a"), named("a", "https://b")).replaces).toEqual([]);
  expect(providerChanges(named("a", "https://a"), named("b", "https://a")).replaces).toEqual(["clusterIdentifier"]);
});

test("types that are tools, patches or lists are refused, custom kinds of like names are not", () => {
  expect(unsupportedType("kubernetes:helm.sh/v3:Release", {})).toContain("`kubernetes:helm.sh/v3:Release`");
  expect(unsupportedType("kubernetes:apps/v1:DeploymentPatch", { kind: "Deployment" })).toContain("DeploymentPatch");
  expect(unsupportedType("kubernetes:core/v1:ConfigMapList", { kind: "ConfigMapList", items: [] })).toContain("List");
  expect(unsupportedType("kubernetes:example.test/v1:EyePatch", { kind: "EyePatch" })).toBeUndefined();
  expect(unsupportedType("kubernetes:apps/v1:Deployment", { kind: "Deployment" })).toBeUndefined();
});
