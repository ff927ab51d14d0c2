import { type Json, textAt } from "../json.ts";
import { isReady, type Judge } from "./judge.ts";
import { endpointsOf, looksAtPods, serviceReadiness } from "./service.ts";

/** How long the endpoints of a Service must stay the same before a write of it is done, as in the official plugin. */
const settleSeconds = 10;

/** The judge for one write of a Service that looks at pods: ready once its endpoints have settled and none is unready. */
export function settledService(): Judge {
  let version: Json | undefined;
  let since = performance.now();
  return async (cluster, look) => {
    const now = await serviceReadiness(cluster, look);
    if (!now.ready || !looksAtPods(look.live)) return now;
    const seen = textAt(await endpointsOf(cluster, look.live), "metadata", "resourceVersion");
    if (seen !== version) since = performance.now();
    version = seen;
    const isSettled = seen !== undefined && performance.now() - since > settleSeconds * 1000;
    return isSettled ? isReady : { ...now, ready: false, status: "Finding Pods to direct traffic to" };
  };
}
