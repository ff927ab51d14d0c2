import { isMissing, NoSuchKind } from "./api-error.ts";
import type { Send } from "./client.ts";
import { arrayAt, at, textAt } from "./json.ts";
import type { ObjectKind } from "./object.ts";

/** How the API server serves a kind. */
export interface Served {
  /** The plural in paths, such as `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Answers how a kind is served; throws {@link NoSuchKind} when it is not. */
export type Discover = (kind: ObjectKind) => Promise<Served>;

/**
 * Asks the API server once for each group and version. A kind that is not among the answers is asked for again the next
 * time, since its definition may come in the same run.
 */
export function discovery(send: Send): Discover {
  const known = new Map<string, Promise<ReadonlyMap<string, Served>>>();
  return async ({ apiVersion, kind }) => {
    const asked = known.get(apiVersion) ?? kindsOf(send, apiVersion);
    known.set(apiVersion, asked);
    const served = (await asked.catch(() => undefined))?.get(kind);
    if (served) return served;
    known.delete(apiVersion);
    await asked;
    throw new NoSuchKind(apiVersion, kind);
  };
}

async function kindsOf(send: Send, apiVersion: string): Promise<ReadonlyMap<string, Served>> {
  const list = await send({ method: "GET", path: rootOf(apiVersion) }).catch((thrown) => {
    if (isMissing(thrown)) return {};
    throw thrown;
  });
  const resources = arrayAt(list, "resources").filter((one) => !textAt(one, "name")?.includes("/"));
  return new Map(
    resources.map((one) => [
      textAt(one, "kind") ?? "",
      { plural: textAt(one, "name") ?? "", namespaced: at(one, "namespaced") === true },
    ]),
  );
}

/** Where an API server has a version of a group. */
export function rootOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
