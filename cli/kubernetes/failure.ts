import { jobLogCommand, type PodPlace, workerLogCommand } from "../../components/kubernetes/log-commands.ts";
import { podReason } from "./pod-reason.ts";

/** An object of the cluster that was to be made or changed, as the engine's events tell of it. */
export interface WantedObject extends PodPlace {
  /** Such as `Job`. */
  readonly kind: string;
  readonly name: string;
  /** Whether it is a part of an algorithm. */
  readonly isOfAlgorithm: boolean;
}

/**
 * What the Kubernetes provider says of an object that failed, as one message for people: the reason in the cluster's own
 * words, and the command that tells more. What it says of other errors stays as it is.
 */
export function explainFailure(message: string, object: WantedObject): string {
  const refused = /was not successfully created by the Kubernetes API server: ([\s\S]*)$/.exec(message)?.[1];
  if (refused !== undefined) {
    return `The cluster refuses the ${object.kind} \`${object.namespace}/${object.name}\`: ${sentence(refused)}`;
  }
  if (!isUnready(message)) return message;
  return `${subjectOf(object)}: ${sentence(reasonOf(problemsIn(message)))} See \`${commandOf(object)}\`.`;
}

/** How a cluster went missing. */
export interface Disconnection {
  /** The API server that was asked, such as `https://10.0.0.1:6443`, where the message names it. */
  readonly server: string | undefined;
  readonly reason: string;
}

/**
 * Reads from what the Kubernetes provider says of an object that the API server did not answer at all, which stands for
 * every object; undefined when it answered, if only to refuse, or when the request was called off.
 */
export function disconnectionIn(message: string): Disconnection | undefined {
  const never = /configured Kubernetes cluster is unreachable(?:: )?([\s\S]*)$/.exec(message)?.[1];
  if (never !== undefined) return { server: undefined, reason: never || "nothing answers" };
  const [said = ""] = message
    .replace(/^resource "[^"]*" was not [^:]*: |^update of resource "[^"]*" failed: /, "")
    .split("\n");
  const [, server, why = said] = /^[A-Z][a-z]+ "(https?:\/\/[^/"]+)[^"]*": (.*)$/.exec(said) ?? [];
  const isLost = server !== undefined || /^((connect|read|write|getaddrinfo) E[A-Z]|socket hang up)/.test(said);
  return isLost && !/context canceled/.test(why) ? { server, reason: why } : undefined;
}

/**
 * What people are told when the cluster cannot be reached.
 *
 * @param context The context of the kubeconfig, where the stack's settings name one.
 */
export function explainDisconnection({ server, reason }: Disconnection, context: string | undefined): string {
  const [at, flag] = [
    server === undefined ? "" : ` at ${server}`,
    context === undefined ? "" : ` --context ${context}`,
  ];
  return (
    `The Kubernetes API${at} cannot be reached: ${sentence(reason)} See what \`kubectl cluster-info${flag}\` says, and ` +
    "run this again once it answers: what was done stays, and the rest follows."
  );
}

/** What a status of the provider tells that is worth a line while it waits; undefined for its count of what is ready. */
export function waitingReason(status: string): string | undefined {
  return isGeneral(status) ? undefined : (podReason(status) ?? /^\[[A-Z]\w+\] .*/.exec(status)?.[0]);
}

function isUnready(message: string): boolean {
  return /failed to fully initialize or become live|timed out waiting to be Ready|failed to initialize/.test(message);
}

/** Of several errors each stands behind a tab and a star; the first says only which object it is. */
function problemsIn(message: string): string[] {
  return message
    .split(/\n\t\* /)
    .slice(1)
    .map((problem) => problem.trim());
}

/** What a container says comes first, the last word of it; then what the cluster says. */
function reasonOf(problems: readonly string[]): string {
  const ofPods = problems.flatMap((problem) => podReason(problem) ?? []);
  const others = problems.filter(
    (problem) => !isUnready(problem) && !isGeneral(problem) && !problem.startsWith("[Pod "),
  );
  return ofPods.at(-1) ?? others[0] ?? "it was not ready in its time";
}

/** Whether it says only that something is not ready, and not why. */
function isGeneral(problem: string): boolean {
  return /^\[(BackoffLimitExceeded|MinimumReplicasUnavailable|ProgressDeadlineExceeded|ReplicaSetUpdated)\]|^Minimum number of|^Attempted to roll forward/.test(
    problem,
  );
}

function subjectOf({ kind, name, namespace, isOfAlgorithm }: WantedObject): string {
  if (!isOfAlgorithm) return `The ${kind} \`${namespace}/${name}\` did not become ready`;
  return kind === "Job"
    ? "Its new version failed when it was tried, and no worker was changed"
    : `Its new workers (\`${name}\`) did not become ready`;
}

function commandOf({ kind, name, isOfAlgorithm, ...place }: WantedObject): string {
  if (kind === "Job") return jobLogCommand({ ...place, name });
  if (isOfAlgorithm) return workerLogCommand({ ...place, objectName: name });
  const context = place.context === undefined ? "" : ` --context ${place.context}`;
  return `kubectl describe${context} --namespace ${place.namespace} ${kind.toLowerCase()}/${name}`;
}

function sentence(text: string): string {
  const whole = text.trim();
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
