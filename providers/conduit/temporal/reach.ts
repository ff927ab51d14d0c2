import type { TemporalTarget } from "../../../components/temporal-access.ts";
import { readCredentials, type TemporalCredentials } from "./credentials.ts";
import { PortForwards } from "./port-forward.ts";

/** What all that reach Temporal have in common. */
export interface ReachOptions {
  /** The port-forwards that are open, to share them. @default none are */
  readonly forwards?: PortForwards;
  /** Where the credentials are. @default this process's */
  readonly environment?: NodeJS.ProcessEnv;
  /** How long to wait for a pod that is ready, behind a port-forward. @default not at all */
  readonly podSeconds?: number;
}

/** A way to Temporal that is open. */
export interface Reached {
  /** `host:port` to dial: the address, or this machine's end of a port-forward. */
  readonly dial: string;
  /** Undefined where TLS is not wanted. */
  readonly tls: { readonly serverName: string; readonly isOverridden: boolean } | undefined;
  /** None without TLS: they would travel in the clear. */
  readonly credentials: TemporalCredentials;
  /** Sent with every call: a server of many namespaces is told whose call it is before it reads it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Why the last connection through the cluster failed, if one did. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Opens the way to Temporal, a port-forward where the access asks for one, and reads the credentials.
 *
 * @throws UserError for credentials that cannot be read, and for what is wrong with the cluster
 */
export async function reach(target: TemporalTarget, options: ReachOptions = {}): Promise<Reached> {
  const { forwards = new PortForwards(), environment = process.env, podSeconds = 0 } = options;
  const { address, tls, portForward, key, temporalName } = target;
  const wanted = typeof tls === "object" ? tls : tls ? {} : undefined;
  const credentials = wanted ? await readCredentials(environment, key) : {};
  const forward = portForward && (await forwards.open(portForward, podSeconds));
  return {
    dial: forward ? `127.0.0.1:${forward.port}` : address,
    tls: wanted && {
      serverName: wanted.serverName ?? hostOf(address),
      isOverridden: forward !== undefined || wanted.serverName !== undefined,
    },
    credentials,
    metadata: temporalName === undefined ? {} : { "temporal-namespace": temporalName },
    problem: () => forward?.problem(),
    close: async () => forward?.close(),
  };
}

/** `temporal.svc:7233` → `temporal.svc`; `[::1]:7233` → `::1`. */
export function hostOf(address: string): string {
  return address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** `temporal.svc:7233` → 7233. */
export function portOf(address: string): number {
  return Number(/:(\d+)$/.exec(address)?.[1] ?? 7233);
}
