import { requestsTo } from "./requests.ts";

/** Any object of a cluster. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly verbs: readonly string[] }[];
}

interface GroupList {
  readonly groups: readonly { readonly name: string; readonly preferredVersion: { readonly groupVersion: string } }[];
}

/** What comes, goes and changes by itself. */
const restless = ["Event", "Lease", "Node", "ComponentStatus"];

/**
 * Every object of every kind that a cluster has, but for those that are never at rest; each in its preferred version. What is
 * measured is no object, and asked of others than the API server itself.
 */
export async function everyObject(kubeconfig: string): Promise<ClusterObject[]> {
  const request = requestsTo(kubeconfig);
  const get = <T>(path: string) => request<T>({ method: "GET", path });
  const { groups } = await get<GroupList>("/apis");
  const stored = groups.filter(({ name }) => !name.endsWith("metrics.k8s.io"));
  const versions = ["v1", ...stored.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const lists = versions.map(async (apiVersion) => {
    const root = `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}`;
    const { resources } = await get<ResourceList>(root);
    const listed = resources.filter(({ kind, verbs }) => verbs.includes("list") && !restless.includes(kind));
    return Promise.all(
      listed.map(async ({ name, kind }) => {
        const { items } = await get<{ items: Omit<ClusterObject, "apiVersion" | "kind">[] }>(`${root}/${name}`);
        return items.map((item) => ({ ...item, apiVersion, kind }) as ClusterObject);
      }),
    );
  });
  return (await Promise.all(lists)).flat(2);
}

/** Such as `Deployment speech/ranker`. */
export function nameOf({ kind, metadata }: ClusterObject): string {
  return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

/** The names of all objects, in order. */
export async function everyName(kubeconfig: string): Promise<string[]> {
  return (await everyObject(kubeconfig)).map(nameOf).toSorted();
}

/** The version of each object by its name: another one after any write. */
export function versionsOf(objects: readonly ClusterObject[]): Record<string, string> {
  return Object.fromEntries(objects.map((object) => [nameOf(object), object.metadata.resourceVersion ?? ""]));
}
