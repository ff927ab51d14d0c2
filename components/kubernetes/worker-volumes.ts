import type { types } from "@pulumi/kubernetes";
import type { Algorithm, Lane } from "../../registry/resolve.ts";
import { formatMemory } from "../../registry/units.ts";
import type { WorkerSite } from "./worker-site.ts";

type Volume = types.input.core.v1.Volume;
type Mount = types.input.core.v1.VolumeMount;
type Claim = types.input.core.v1.PersistentVolumeClaimSpec;

/** HOME of the workers: caches and downloads go below it. */
export const home = "/home/conduit";

/** Where our images have the code, and a mock's file is mounted. */
export const codeFolder = "/app";

/** What a pod may write to, and what it reads that is not of its image. */
export interface PodVolumes {
  readonly volumes: Volume[];
  readonly mounts: Mount[];
}

/**
 * Folders that may be written though the image is read-only, each limited: HOME and /tmp, and /dev/shm, whose 64 MB from
 * the runtime end data loaders of several processes; it counts as memory, so half of the worker's is its limit.
 *
 * @param memory The worker's memory, in bytes.
 */
export function scratchVolumes({ scratch }: Pick<WorkerSite, "scratch">, memory: number): PodVolumes {
  const sizeLimit = formatMemory(scratch);
  const shared = formatMemory(Math.max(1, Math.floor(memory / 2)));
  return {
    volumes: [
      { name: "home", emptyDir: { sizeLimit } },
      { name: "tmp", emptyDir: { sizeLimit } },
      { name: "shm", emptyDir: { medium: "Memory", sizeLimit: shared } },
    ],
    mounts: [
      { name: "home", mountPath: home },
      { name: "tmp", mountPath: "/tmp" },
      { name: "shm", mountPath: "/dev/shm" },
    ],
  };
}

/** Whether an algorithm's worker has a volume that outlives it. */
export function keepsVolume({ state }: Pick<Algorithm, "state">): boolean {
  return state?.sharing === "exclusive";
}

/** Which object runs the workers: one that keeps a volume is a StatefulSet, of which no two pods ever are the same worker. */
export function workloadKind(entry: Pick<Algorithm, "state">): "Deployment" | "StatefulSet" {
  return keepsVolume(entry) ? "StatefulSet" : "Deployment";
}

/** The claim for a worker's volume. */
export function stateClaim(
  { size }: NonNullable<Algorithm["state"]>,
  { storageClass }: Pick<WorkerSite, "storageClass">,
): Claim {
  return {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: formatMemory(size) } },
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  };
}

/** Name of the claim for the volume that a lane's one worker keeps. */
export function stateName({ objectName }: Pick<Lane, "objectName">): string {
  return `${objectName}-state`;
}

/**
 * The volume for `state`: one that the worker keeps; with `sharing: "cache"` each pod has one that goes with it; a gate never
 * touches a worker's, and gets an empty folder of the same size.
 *
 * @param instance The worker's name.
 */
export function stateVolume(
  state: Algorithm["state"],
  site: Pick<WorkerSite, "storageClass">,
  { part, instance }: { readonly part: "worker" | "gate"; readonly instance: string },
): PodVolumes {
  if (state === undefined) return { volumes: [], mounts: [] };
  const mounts = [{ name: "state", mountPath: state.mountPath }];
  if (part === "gate")
    return { volumes: [{ name: "state", emptyDir: { sizeLimit: formatMemory(state.size) } }], mounts };
  if (state.sharing === "exclusive") {
    const persistentVolumeClaim = { claimName: stateName({ objectName: instance }) };
    return { volumes: [{ name: "state", persistentVolumeClaim }], mounts };
  }
  const volumeClaimTemplate = { spec: stateClaim(state, site) };
  return { volumes: [{ name: "state", ephemeral: { volumeClaimTemplate } }], mounts };
}

/** The file of a mock, from its ConfigMap. */
export function mockVolume(configMap: string | undefined): PodVolumes {
  if (configMap === undefined) return { volumes: [], mounts: [] };
  return {
    volumes: [{ name: "mock", configMap: { name: configMap } }],
    mounts: [{ name: "mock", mountPath: codeFolder, readOnly: true }],
  };
}

/** All of them together: of two for one folder the later one, since a pod may mount a folder only once. */
export function joinVolumes(all: readonly PodVolumes[]): PodVolumes {
  const byFolder = new Map(all.flatMap(({ mounts }) => mounts).map((mount) => [mount.mountPath, mount]));
  const mounts = [...byFolder.values()];
  const names = new Set(mounts.map(({ name }) => name));
  return { mounts, volumes: all.flatMap(({ volumes }) => volumes).filter(({ name }) => names.has(name)) };
}
