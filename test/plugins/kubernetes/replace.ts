import { type Change, isWithin, parsePath, type Step } from "./compare.ts";
import type { Configuration } from "./configuration.ts";
import { isArray, isObject, type Json, type JsonObject, textAt } from "./json.ts";

// What the API server does not let anybody change in place, as the official plugin knows it.
const deployment = ["spec.selector"];
const podSpec = [
  "affinity,automountServiceAccountToken,dnsConfig,dnsPolicy,enableServiceLinks,hostAliases,hostIPC,hostNetwork,hostPID",
  "hostname,imagePullSecrets,nodeName,nodeSelector,overhead,preemptionPolicy,priority,priorityClassName,readinessGates",
  "restartPolicy,runtimeClassName,schedulerName,securityContext,serviceAccount,serviceAccountName,shareProcessNamespace",
  "subdomain,terminationGracePeriodSeconds,volumes",
].flatMap((line) => line.split(","));
const container = [
  "args,command,env,image,imagePullPolicy,lifecycle,livenessProbe,ports,readinessProbe,resources,securityContext,stdin",
  "stdinOnce,terminationMessagePath,terminationMessagePolicy,tty,volumeDevices,volumeMounts,workingDir",
].flatMap((line) => line.split(","));
const volume = [
  "awsElasticBlockStore,azureDisk,azureFile,cephfs,cinder,csi,fc,flexVolume,flocker,gcePersistentDisk,glusterfs,hostPath",
  "iscsi,local,nfs,photonPersistentDisk,portworxVolume,quobyte,rbd,scaleIO,storageos,vsphereVolume",
].flatMap((line) => line.split(","));

const immutable: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/DaemonSet": deployment,
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": volume.map((field) => `spec.${field}`),
  "v1/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "v1/Pod": [
    ...podSpec.map((field) => `spec.${field}`),
    ...container.flatMap((field) => [`spec.containers[*].${field}`, `spec.initContainers[*].${field}`]),
  ],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
};

/** The paths of an object of which a change needs a new object. */
export function immutablePaths(
  inputs: JsonObject,
  { configMapMutable, secretMutable }: Pick<Configuration, "configMapMutable" | "secretMutable">,
): readonly (readonly Step[])[] {
  const kind = `${textAt(inputs, "apiVersion")}/${textAt(inputs, "kind")}`;
  const isFrozen = inputs.immutable === true;
  const data = {
    "v1/ConfigMap": isFrozen || !configMapMutable ? ["binaryData", "data"] : [],
    "v1/Secret": isFrozen || !secretMutable ? ["type", "stringData", "data"] : undefined,
  };
  const paths = Object.entries(data).find(([name]) => name === kind)?.[1] ?? immutable[kind] ?? [];
  return ["metadata.name", "metadata.namespace", ...paths].map(parsePath);
}

/** Whether a change touches one of the paths: at it, below it, or above it with a value that reaches it. */
export function needsReplacement({ path, before, after }: Change, paths: readonly (readonly Step[])[]): boolean {
  return paths.some((immutable) => {
    if (isWithin(path, immutable)) return true;
    const rest = immutable.slice(path.length);
    return isWithin(immutable, path) && (reaches(before, rest) || reaches(after, rest));
  });
}

function reaches(value: Json | undefined, path: readonly Step[]): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return value !== undefined;
  if (isArray(value)) return value.some((item) => reaches(item, rest));
  return isObject(value) && reaches(value[step], rest);
}
