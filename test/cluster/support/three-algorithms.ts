/** An image by its digest, which is all that a played node wants of it. */
export function imageOf(name: string, digit: string): string {
  return `registry.test/${name}@sha256:${digit.repeat(64)}`;
}

/**
 * A registry of three algorithms that together use what an algorithm may: lanes, a GPU with secrets, ways out and a role in
 * a cloud, and a volume that its one worker keeps.
 *
 * @param images Images other than the first ones, by algorithm.
 */
export function threeAlgorithms(images: Readonly<Record<string, string>> = {}) {
  const source = (name: string, digit: string) => ({ image: images[name] ?? imageOf(name, digit) });
  return {
    namespaces: {
      speech: { owner: { team: "Speech & Audio", slack: "#speech" }, retention: "72h" },
      vision: { owner: "vision@acme.example", deleteWithStack: true },
    },
    algorithms: {
      ranker: {
        namespace: "speech",
        owner: "speech",
        source: source("ranker", "a"),
        env: { MODEL: "small", EMPTY: "" },
        scaling: { min: 1, max: 4 },
        lanes: { online: {}, offline: { cpu: "2", memory: "4Gi", concurrency: 4, scaling: { min: 0, max: 20 } } },
      },
      transcribe: {
        namespace: "speech",
        owner: "speech",
        source: source("transcribe", "b"),
        gpu: 1,
        memory: "8Gi",
        rollout: "replace",
        secrets: { HF_TOKEN: { name: "hugging-face", key: "token" } },
        identity: { annotations: { "cloud.example/role": "transcribe" } },
        egress: { internet: true, cidrs: ["10.20.0.0/16"] },
      },
      ocr: {
        namespace: "vision",
        owner: { team: "vision", github: "acme/vision" },
        source: source("ocr", "c"),
        timeouts: { startToClose: "5m", startup: "2m" },
        state: { size: "1Gi", mountPath: "/data" },
      },
    },
  };
}

/** What stays of them: the volume of a worker's state with its namespace, and what the cluster puts into each namespace. */
export const keptOfThree = [
  "ConfigMap vision/kube-root-ca.crt",
  "Namespace vision",
  "PersistentVolume pvc-…",
  "PersistentVolumeClaim vision/ocr-state",
  "ServiceAccount vision/default",
];

/** The labels of the nodes with GPUs, the taints that their workers bear, and limits of all kinds, as people write them. */
export const clusterYaml = `  conduit:platform: kubernetes
  conduit:kubernetes:
    podStart: 3m
    scratch: 2Gi
    storageClass: standard
    quota:
      cpu: "200"
      memory: 400Gi
      gpu: 8
      pods: 60
    limitRange: { cpu: "16", memory: 64Gi }
  conduit:images:
    pullSecrets: [registry-login]
  conduit:gpuTypes:
    a100:
      nodeSelector:
        nvidia.com/gpu.product: NVIDIA-A100-SXM4-80GB
      tolerations:
        - { key: nvidia.com/gpu, operator: Exists, effect: NoSchedule }
      algorithms:
        - transcribe
`;
