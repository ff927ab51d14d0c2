import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject } from "@kubernetes/client-node";
import { ApiError, type ApiRequests, requestsTo } from "./requests.ts";

/** A kind of objects, as in a manifest. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object, as a manifest names it. */
export interface Reference extends Kind {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Any object as it is written or read: what it has beside its name depends on its kind. */
export interface Manifest extends Kind {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

const pollMilliseconds = 100;
const waitMilliseconds = 120_000;

/** The objects of a cluster, for tests: any kind, as plain data, with strict validation of fields. */
export class Objects {
  readonly #request: ApiRequests;
  readonly #resources = new Map<string, Promise<Resource[]>>();

  /** @param kubeconfig The path of the file. */
  constructor(kubeconfig: string) {
    this.#request = requestsTo(kubeconfig);
  }

  /** Those of a kind, in one namespace or in all; `labels` is a selector such as `app=a`. */
  async list<T = KubernetesObject>(kind: Kind, where: { namespace?: string; labels?: string } = {}): Promise<T[]> {
    const { namespace, labels } = where;
    const query = labels === undefined ? "" : `?labelSelector=${encodeURIComponent(labels)}`;
    const path = await this.#path(kind, namespace);
    return (await this.#request<{ items: T[] }>({ method: "GET", path: path + query })).items;
  }

  /** Undefined when there is none. */
  async get<T = KubernetesObject>(reference: Reference): Promise<T | undefined> {
    const request = this.#request<T>({ method: "GET", path: await this.#objectPath(reference) });
    return await request.catch(notFound);
  }

  /** Creates an object; one that is there already is an error. */
  async create<T = KubernetesObject>(manifest: Manifest): Promise<T> {
    const path = `${await this.#path(manifest, manifest.metadata.namespace)}?fieldValidation=Strict`;
    return await this.#request({ method: "POST", path, body: manifest });
  }

  /** Server-side apply; takes over fields of other managers. */
  async apply<T = KubernetesObject>(manifest: Manifest, manager = "test"): Promise<T> {
    const query = `?fieldManager=${manager}&force=true&fieldValidation=Strict`;
    const path = (await this.#objectPath(manifest)) + query;
    return await this.#request({ method: "PATCH", path, type: "application/apply-patch+yaml", body: manifest });
  }

  /** A merge patch: what it names is set, null takes away, lists are replaced. */
  async patch<T = KubernetesObject>(reference: Reference, patch: object): Promise<T> {
    const path = `${await this.#objectPath(reference)}?fieldManager=test&fieldValidation=Strict`;
    return await this.#request({ method: "PATCH", path, type: "application/merge-patch+json", body: patch });
  }

  /** Scales a workload as autoscalers do, by its subresource; gives how many it is to have now. */
  async scale(reference: Reference, replicas: number): Promise<number> {
    const path = `${await this.#objectPath(reference)}/scale?fieldManager=autoscaler`;
    const type = "application/merge-patch+json";
    const body = { spec: { replicas } };
    const answer = await this.#request<{ spec: { replicas: number } }>({ method: "PATCH", path, type, body });
    return answer.spec.replicas;
  }

  /** Deletes an object and, in the background, what it owns. Nothing happens when there is none. */
  async delete(reference: Reference, options: { readonly gracePeriodSeconds?: number } = {}): Promise<void> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background", ...options };
    const request = this.#request({ method: "DELETE", path: await this.#objectPath(reference), body });
    await request.catch(notFound);
  }

  /**
   * Waits until an object is as it should be; `isSo` is given undefined while there is none.
   *
   * @throws Error with the object as it is last, when it takes longer than 2 minutes
   */
  async wait<T = KubernetesObject>(reference: Reference, isSo: (object: T | undefined) => boolean): Promise<void> {
    const end = Date.now() + waitMilliseconds;
    for (;;) {
      const object = await this.get<T>(reference);
      if (isSo(object)) return;
      if (Date.now() > end) {
        const last = JSON.stringify(object, (name, value) => (name === "managedFields" ? undefined : value), 2);
        const { kind, metadata } = reference;
        throw new Error(`${kind} \`${metadata.name}\` is not as it should be after 2 minutes:\n${last}`);
      }
      await sleep(pollMilliseconds);
    }
  }

  async #objectPath(reference: Reference): Promise<string> {
    return `${await this.#path(reference, reference.metadata.namespace)}/${reference.metadata.name}`;
  }

  async #path(kind: Kind, namespace: string | undefined): Promise<string> {
    const root = `${kind.apiVersion.includes("/") ? "/apis" : "/api"}/${kind.apiVersion}`;
    const { name, namespaced } = await this.#resource(kind, root);
    return namespace === undefined || !namespaced ? `${root}/${name}` : `${root}/namespaces/${namespace}/${name}`;
  }

  async #resource({ apiVersion, kind }: Kind, root: string): Promise<Resource> {
    for (const known of [true, false]) {
      // A definition may have been added since the list was read.
      const request = known ? this.#resources.get(root) : undefined;
      const list =
        request ??
        this.#request<{ resources: Resource[] }>({ method: "GET", path: root }).then((answer) => answer.resources);
      this.#resources.set(root, list);
      const found = (await list).find((resource) => resource.kind === kind && !resource.name.includes("/"));
      if (found !== undefined) return found;
    }
    throw new Error(`The cluster knows no kind \`${kind}\` in \`${apiVersion}\`.`);
  }
}

/** One of those that the API server lists for a version of a group. */
interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function notFound(thrown: unknown): undefined {
  if (!(thrown instanceof ApiError && thrown.status === 404)) throw thrown;
}
