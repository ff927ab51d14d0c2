import type { Cluster } from "../cluster.ts";
import { type JsonObject, textAt } from "../json.ts";
import { namespaceOf } from "../object.ts";

const everyMilliseconds = 2000;

/**
 * Tells the warnings that the cluster has about an object while it is waited for, such as pods that admission refuses:
 * they are no part of its own state. Looks at most every 2 s.
 */
export function eventTeller(cluster: Cluster, urn: string): (live: JsonObject) => Promise<void> {
  let last = performance.now();
  return async (live) => {
    if (performance.now() - last < everyMilliseconds) return;
    last = performance.now();
    for (const warning of await warningsAbout(cluster, live)) cluster.tell(urn, warning);
  };
}

/** The warnings about an object, oldest first: `FailedCreate: pods "a" is forbidden`. */
async function warningsAbout({ objects }: Cluster, live: JsonObject): Promise<readonly string[]> {
  const uid = textAt(live, "metadata", "uid") ?? "";
  const query = { fieldSelector: `involvedObject.uid=${uid},type=Warning` };
  const events = await objects.list({ apiVersion: "v1", kind: "Event" }, namespaceOf(live), query).catch(() => []);
  return events.map((event) => `${textAt(event, "reason")}: ${textAt(event, "message")}`);
}
