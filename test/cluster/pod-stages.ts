/** What kwok does with a pod that is in some state: its object `Stage`. */
interface Stage {
  readonly name: string;
  /** Expressions in jq over the pod, each with the answers that let the stage happen; none means: the field is not there. */
  readonly when: readonly { readonly jq: string; readonly gives?: readonly string[] }[];
  readonly next: object;
}

/**
 * What becomes of a pod. There is no container behind it: it is told to be ready, to have ended or to have failed. The pod
 * itself says which, by a label or annotation, or by a word in the name of an image:
 *
 * | label or annotation | in an image's name | what becomes of the pod |
 * | --- | --- | --- |
 * | | | it becomes Ready; a Job's pod ends well |
 * | `test/fail: "true"` | `test-fail` | a Job's pod fails with exit code 1; another one is in CrashLoopBackOff |
 * | `test/never-ready: "true"` | `test-never-ready` | it runs and never becomes Ready; a Job's pod never ends |
 * | `test/worker-fail: "true"` | `test-worker-fail` | as `test-fail`, but pods of Jobs end well |
 * | `test/worker-never-ready: "true"` | `test-worker-never-ready` | as `test-never-ready`, but pods of Jobs end well |
 */
export function podStages(): object[] {
  const waits = { jq: ".status.podIP" };
  const running = { jq: ".status.phase", gives: ["Running"] };
  const fate = (...gives: string[]) => ({ jq: fateOfPod, gives });
  const stages: Stage[] = [
    { name: "pod-ready", when: [alive, waits, fate("well", "Job well", "Job fail")], next: starts("ready") },
    { name: "pod-unready", when: [alive, waits, fate("never-ready", "Job never-ready")], next: starts("unready") },
    { name: "pod-crashes", when: [alive, waits, fate("fail")], next: starts("crashed") },
    { name: "pod-succeeds", when: [alive, running, fate("Job well")], next: ends("Succeeded", 0, "Completed") },
    { name: "pod-fails", when: [alive, running, fate("Job fail")], next: ends("Failed", 1, "Error") },
    {
      name: "pod-deleted",
      when: [{ jq: deleted, gives: ["yes"] }],
      next: { finalizers: { empty: true }, delete: true },
    },
  ];
  return stages.map(({ name, when, next }) => ({
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      selector: {
        matchExpressions: when.map(({ jq, gives }) =>
          gives === undefined ? { key: jq, operator: "DoesNotExist" } : { key: jq, operator: "In", values: gives },
        ),
      },
      next,
    },
  }));
}

const deleted = 'if .metadata.deletionTimestamp then "yes" else "no" end';
const alive = { jq: deleted, gives: ["no"] };

/** `well`, `fail` or `never-ready`, after `Job ` when the pod is a Job's. */
const fateOfPod = `
  [.metadata.labels // {}, .metadata.annotations // {}] as $told
  | [.spec.containers[].image] as $images
  | def says($word): any($told[]; .["test/" + $word] == "true") or any($images[]; contains("test-" + $word));
  if any(.metadata.ownerReferences[]?; .kind == "Job")
  then "Job " + (if says("fail") then "fail" elif says("never-ready") then "never-ready" else "well" end)
  else (if says("fail") or says("worker-fail") then "fail"
    elif says("never-ready") or says("worker-never-ready") then "never-ready" else "well" end)
  end`;

/** The state of a container by what became of its pod, as a Go template. */
const containerStates = {
  ready: `{ ready: true, started: true, restartCount: 0, state: { running: { startedAt: {{ $now }} } } }`,
  unready: `{ ready: false, started: true, restartCount: 0, state: { running: { startedAt: {{ $now }} } } }`,
  crashed: `{ ready: false, started: false, restartCount: 3,
      state: { waiting: { reason: CrashLoopBackOff, message: back-off 40s restarting failed container } },
      lastState: { terminated: { exitCode: 1, reason: Error, startedAt: {{ $now }}, finishedAt: {{ $now }} } } }`,
};

function starts(as: keyof typeof containerStates): object {
  const condition = (type: string, isTrue: boolean) =>
    `{ type: ${type}, status: "${isTrue ? "True" : "False"}", lastTransitionTime: {{ $now }} }`;
  const ready = as === "ready";
  const template = `
{{ $now := Now | Quote }}
phase: Running
startTime: {{ $now }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions: [${[condition("Initialized", true), condition("ContainersReady", ready), condition("Ready", ready)].join(", ")}]
${statuses("containerStatuses", "containers", containerStates[as])}
${statuses("initContainerStatuses", "initContainers", terminated(0, "Completed"))}`;
  if (as !== "crashed") return { statusTemplate: template };
  const event = { type: "Warning", reason: "BackOff", message: "Back-off restarting failed container" };
  return { statusTemplate: template, event };
}

function ends(phase: string, exitCode: number, reason: string): object {
  const conditions = ["ContainersReady", "Ready"].map(
    (type) => `{ type: ${type}, status: "False", reason: Pod${phase}, lastTransitionTime: {{ $now }} }`,
  );
  return {
    statusTemplate: `
{{ $now := Now | Quote }}
phase: ${phase}
conditions: [${conditions.join(", ")}]
${statuses("containerStatuses", "containers", terminated(exitCode, reason))}`,
  };
}

function terminated(exitCode: number, reason: string): string {
  const times = "startedAt: {{ $now }}, finishedAt: {{ $now }}";
  return `{ ready: false, started: false, restartCount: 0,
      state: { terminated: { exitCode: ${exitCode}, reason: ${reason}, ${times} } } }`;
}

/** The list of a status with one state for each container of a pod. */
function statuses(field: string, containers: string, state: string): string {
  const fields = state.trim().replace(/^\{/, "").replace(/\}$/, "");
  return `${field}:
{{ range .spec.${containers} }}
- { name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: {{ .image | Quote }}, ${fields} }
{{ end }}`;
}
