import type { Cluster } from "../cluster.ts";
import { arrayAt, at, type Json, type JsonObject, numberAt, objectAt, textAt } from "../json.ts";
import { nameOf, namespaceOf } from "../object.ts";
import { conditionOf } from "./conditions.ts";

/** What keeps the pods of an object's selector from being ready, one text each. */
export async function podProblems(cluster: Cluster, owner: JsonObject): Promise<readonly string[]> {
  const labelSelector = selectorText(objectAt(owner, "spec", "selector", "matchLabels"));
  const pod = { apiVersion: "v1", kind: "Pod" };
  const pods = await cluster.objects.list(pod, namespaceOf(owner), { labelSelector });
  return pods.flatMap(problemsOfPod);
}

/** Labels as a list takes them: `a=1,b=2`. */
export function selectorText(labels: JsonObject): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** Whether an object belongs to another one. */
export function isOwnedBy(object: JsonObject, owner: JsonObject): boolean {
  const uid = textAt(owner, "metadata", "uid");
  return arrayAt(object, "metadata", "ownerReferences").some((one) => textAt(one, "uid") === uid);
}

/** What keeps a pod from being ready: its scheduling, its conditions, its containers. */
export function problemsOfPod(pod: JsonObject): readonly string[] {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled && !scheduled.isTrue) return scheduled.reason && scheduled.message ? [scheduled.message] : [];
  const unmet = ["Initialized", "Ready"]
    .map((type) => conditionOf(pod, type))
    .filter(
      (condition) => condition !== undefined && !condition.isTrue && textAt(pod, "status", "phase") !== "Succeeded",
    );
  const [condition] = unmet;
  const containers = arrayAt(pod, "status", "containerStatuses").flatMap(problemsOfContainer);
  if (condition === undefined || (condition.message === "" && containers.length === 0)) return [];
  const message = condition.reason === "" ? "" : condition.message;
  return [[`[Pod ${fullName(pod)}]: ${message}`, ...containers].join("\n")];
}

function problemsOfContainer(status: Json): readonly string[] {
  if (at(status, "ready") === true) return [];
  const name = textAt(status, "name");
  const waiting = at(status, "state", "waiting");
  const terminated = at(status, "state", "terminated");
  const last = at(status, "lastState", "terminated");
  const isCreating = textAt(waiting, "reason") === "ContainerCreating";
  return [
    ...(waiting && !isCreating ? [`[${textAt(waiting, "reason")}] ${textAt(waiting, "message") ?? ""}`] : []),
    ...(terminated && textAt(terminated, "reason") ? [ended(terminated, name)] : []),
    ...(last
      ? [
          `container "${name}" terminated at ${textAt(last, "finishedAt")} (${textAt(last, "reason")}: ` +
            `exit code ${numberAt(last, "exitCode")})`,
          ...(textAt(last, "message") ? [textAt(last, "message") ?? ""] : []),
        ]
      : []),
  ];
}

function ended(terminated: Json, name: string | undefined): string {
  const message = textAt(terminated, "message");
  if (message) return `[${textAt(terminated, "reason")}] ${message}`;
  return `container "${name}" completed with exit code ${numberAt(terminated, "exitCode")}`;
}

/** `namespace/name`, or the name alone in the default namespace. */
export function fullName(object: JsonObject): string {
  const namespace = namespaceOf(object);
  return namespace === undefined || namespace === "default" ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}
