import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Cluster } from "../cluster.ts";
import { kubectlPath } from "../programs.ts";

/** A Service that is reached from this machine, as people do. */
export interface Forward {
  /** `127.0.0.1:…`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Runs `kubectl port-forward` to a port of a Service. */
export async function forward(
  { kubeconfig }: Cluster,
  namespace: string,
  service: string,
  port: number,
): Promise<Forward> {
  const args = ["--kubeconfig", kubeconfig, "--namespace", namespace, "port-forward", `service/${service}`, `:${port}`];
  const child = spawn(await kubectlPath(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const close = async () => {
    child.kill();
    await ended;
  };
  for await (const line of createInterface(child.stdout)) {
    const address = /^Forwarding from (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) return { address, close };
  }
  throw new Error(`\`kubectl port-forward\` to the Service \`${service}\` ended.`);
}
