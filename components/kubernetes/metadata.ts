/** The annotation that says which stack an object belongs to: `<project>/<stack>`. */
export const stackAnnotation = "algorithm-conduit/stack";

/** The label of all objects and pods of an algorithm, whatever their lane. */
export const algorithmLabel = "algorithm-conduit/algorithm";

/** The annotations of a worker's objects and pods that say what they run. */
export const versionAnnotation = "algorithm-conduit/version";
export const commitAnnotation = "algorithm-conduit/commit";

/** The label of everything of ours. */
export const managedBy = { "app.kubernetes.io/managed-by": "algorithm-conduit" } as const;

/** Selects everything of ours. */
export const managedSelector = "app.kubernetes.io/managed-by=algorithm-conduit";

/** What an object of ours is told by. */
export interface ObjectMetaArgs {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  /** Its name. */
  readonly name: string;
  /** Its Kubernetes namespace; none for what belongs to the whole cluster. */
  readonly namespace?: string | undefined;
  /** What part it plays, such as `worker` or `frontend`. */
  readonly component: string;
  /** The algorithm that it serves. */
  readonly algorithm?: string | undefined;
  /** The team, as the registry writes it: an annotation, since labels take no spaces. */
  readonly owner?: string | undefined;
  /** More labels. @default {} */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** More annotations. @default {} */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** The metadata of an object of ours, as a manifest has it. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Names, labels and annotations of an object: the only place that decides them. */
export function objectMeta(args: ObjectMetaArgs): ObjectMeta {
  return {
    name: args.name,
    ...(args.namespace === undefined ? {} : { namespace: args.namespace }),
    labels: { ...managedBy, ...selectorOf(args), ...algorithmLabels(args.algorithm), ...args.labels },
    annotations: {
      [stackAnnotation]: args.stack,
      ...(args.owner === undefined ? {} : { "algorithm-conduit/owner": args.owner }),
      ...args.annotations,
    },
  };
}

/** The labels by which the pods of an object are selected; they never change while the object lives. */
export function selectorOf({ name, component }: Pick<ObjectMetaArgs, "name" | "component">): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component };
}

/** The label of an algorithm's objects; none without an algorithm. */
export function algorithmLabels(algorithm: string | undefined): Record<string, string> {
  return algorithm === undefined ? {} : { [algorithmLabel]: algorithm };
}
