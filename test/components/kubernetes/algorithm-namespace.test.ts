import { expect, test } from "vitest";
import {
  AlgorithmNamespace,
  type AlgorithmNamespaceArgs,
  kubernetesNamespaces,
  namespacePolicies,
} from "../../../components/kubernetes/algorithm-namespace.ts";
import { gpuTypesSettings, kubernetesSettings } from "../../../components/kubernetes/settings.ts";
import { resolveRegistry } from "../../../registry/resolve.ts";
import { deploy } from "../../support/mocks.ts";
import { yaml } from "./support.ts";

const { namespaces } = resolveRegistry(
  { namespaces: { speech: { owner: "asr" }, vision: { owner: "cv" }, text: { owner: "nlp" } }, algorithms: {} },
  "prod",
);

function argsOf(fields: Partial<AlgorithmNamespaceArgs> = {}): AlgorithmNamespaceArgs {
  return {
    stack: "algorithms/prod",
    namespace: { name: "speech", create: true, keys: ["speech"], owner: "asr" },
    gpuTypes: gpuTypesSettings.parse({ default: {}, amd: { resource: "amd.com/gpu" } }),
    temporal: ["temporal-frontend.temporal.svc:7233"],
    scrapedFrom: ["keda", "monitoring"],
    ...fields,
  };
}

async function objects(args: AlgorithmNamespaceArgs) {
  const resources = await deploy(() => new AlgorithmNamespace("speech", args));
  return resources.filter(({ custom }) => custom).map(({ inputs }) => inputs);
}

test("each Temporal namespace has a Kubernetes namespace, of its own name or of one that is there", () => {
  const settings = { vision: { name: "team-media" }, text: { name: "team-media", create: false } };
  expect(kubernetesNamespaces(namespaces, kubernetesSettings.parse({ namespaces: settings }))).toEqual([
    { name: "speech", create: true, keys: ["speech"], owner: "asr" },
    { name: "team-media", create: false, keys: ["vision", "text"], owner: "cv" },
  ]);
  const made = kubernetesSettings.parse({ namespaces: { speech: { name: "asr", create: true } } });
  expect(kubernetesNamespaces(namespaces, made)[0]).toMatchObject({ name: "asr", create: true });
  const odd = resolveRegistry({ namespaces: { constructor: { owner: "asr" } }, algorithms: {} }, "prod");
  expect(kubernetesNamespaces(odd.namespaces, made)[0]).toMatchObject({ name: "constructor", create: true });
});

test("a namespace of our own is restricted, and closed but for what is needed", async () => {
  expect(`\n${(await objects(argsOf())).map(yaml).join("---\n")}`).toMatchInlineSnapshot(`
    "
    apiVersion: v1
    kind: Namespace
    metadata:
      annotations:
        algorithm-conduit/owner: asr
        algorithm-conduit/stack: algorithms/prod
      labels:
        app.kubernetes.io/component: namespace
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: speech
        pod-security.kubernetes.io/audit: restricted
        pod-security.kubernetes.io/enforce: restricted
        pod-security.kubernetes.io/warn: restricted
      name: speech
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      annotations:
        algorithm-conduit/owner: asr
        algorithm-conduit/stack: algorithms/prod
      labels:
        app.kubernetes.io/component: namespace
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: conduit-temporal
      name: conduit-temporal
      namespace: speech
    spec:
      egress:
        - ports:
            - port: 7233
              protocol: TCP
          to:
            - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: temporal}}
      podSelector: {}
      policyTypes:
        - Egress
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      annotations:
        algorithm-conduit/owner: asr
        algorithm-conduit/stack: algorithms/prod
      labels:
        app.kubernetes.io/component: namespace
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: conduit-metrics
      name: conduit-metrics
      namespace: speech
    spec:
      ingress:
        - ports:
            - port: 9090
              protocol: TCP
      podSelector: {}
      policyTypes:
        - Ingress
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      annotations:
        algorithm-conduit/owner: asr
        algorithm-conduit/stack: algorithms/prod
      labels:
        app.kubernetes.io/component: namespace
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: conduit-default
      name: conduit-default
      namespace: speech
    spec:
      egress:
        - ports:
            - port: 53
              protocol: UDP
            - port: 53
              protocol: TCP
          to:
            - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
            - ipBlock: {cidr: 169.254.20.10/32}
      podSelector: {}
      policyTypes:
        - Ingress
        - Egress
    "
  `);
});

test("in a namespace of others only our own pods are meant, and nothing is limited", async () => {
  const namespace = { name: "team-media", create: false, keys: ["vision"], owner: "cv" };
  const made = await objects(argsOf({ namespace, quota: { pods: 5 }, limitRange: { cpu: 1000 } }));
  expect(made.map(({ kind }) => kind)).toEqual(["NetworkPolicy", "NetworkPolicy", "NetworkPolicy"]);
  for (const { spec } of made) {
    expect(spec).toMatchObject({
      podSelector: { matchLabels: { "app.kubernetes.io/managed-by": "algorithm-conduit" } },
    });
  }
});

test("limits are set where the settings ask for them", async () => {
  const asked = kubernetesSettings.parse({
    quota: { cpu: "40", memory: "200Gi", gpu: 4, pods: 100 },
    limitRange: { memory: "32Gi" },
  });
  const made = await objects(argsOf({ quota: asked.quota, limitRange: asked.limitRange }));
  expect(made.find(({ kind }) => kind === "ResourceQuota")?.spec).toEqual({
    hard: {
      "requests.cpu": "40",
      "requests.memory": "200Gi",
      "requests.nvidia.com/gpu": "4",
      "requests.amd.com/gpu": "4",
      pods: "100",
    },
  });
  expect(made.find(({ kind }) => kind === "LimitRange")?.spec).toEqual({
    limits: [{ type: "Container", max: { memory: "32Gi" } }],
  });
});

test("Temporal outside the cluster is reached by its address, its ranges, or its port alone", () => {
  const to = (temporal: string, temporalCidrs?: string[]) =>
    namespacePolicies(argsOf({ temporal: [temporal], temporalCidrs })).temporal?.spec.egress;
  const ports = [{ protocol: "TCP", port: 7233 }];
  expect(to("10.1.2.3:7233")).toEqual([{ to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ports }]);
  expect(to("[fd00::1]:7233")).toEqual([{ to: [{ ipBlock: { cidr: "fd00::1/128" } }], ports }]);
  expect(to("t.example.com:7233", ["10.9.0.0/16"])).toEqual([{ to: [{ ipBlock: { cidr: "10.9.0.0/16" } }], ports }]);
  const anywhere = [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }, { ipBlock: { cidr: "::/0" } }];
  expect(to("speech.a1b2c.tmprl.cloud:7233")).toEqual([{ to: anywhere, ports }]);
  expect(to("speech.a1b2c.tmprl.cloud:7233", [])).toEqual([{ to: anywhere, ports }]);
});

test("a namespace stays when the stack goes only where a volume in it is to be kept", async () => {
  const retained = async (keep: boolean | undefined) => {
    const resources = await deploy(() => new AlgorithmNamespace("speech", argsOf({ keep })));
    return resources.filter((resource) => resource.retained).map(({ type }) => type);
  };
  expect(await retained(undefined)).toEqual([]);
  expect(await retained(true)).toEqual(["kubernetes:core/v1:Namespace"]);
});
