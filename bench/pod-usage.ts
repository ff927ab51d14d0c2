import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { nodeName } from "../test/cluster/node/setting.ts";
import { requestsTo } from "../test/cluster/support/requests.ts";

/** What the kubelet tells of its pods, which `kubectl top` shows too. */
const summary = z.object({
  pods: z.array(
    z.object({
      podRef: z.object({ name: z.string(), namespace: z.string() }),
      containers: z
        .array(
          z.object({
            name: z.string(),
            cpu: z.object({ usageCoreNanoSeconds: z.number() }),
            memory: z.object({ workingSetBytes: z.number() }),
          }),
        )
        .default([]),
    }),
  ),
});

interface Container {
  readonly name: string;
  readonly megabytes: number;
  /** Since its start. */
  readonly cpuSeconds: number;
}

/** A Markdown table of what the containers of a cluster's real node use over some seconds, those of a name in one row. */
export async function podUsageTable(kubeconfig: string, seconds: number): Promise<string> {
  const before = await containersOf(kubeconfig);
  await sleep(seconds * 1000);
  const all = [...(await containersOf(kubeconfig))].map(([pod, { name, megabytes, cpuSeconds }]) => {
    return { name, megabytes, cores: (cpuSeconds - (before.get(pod)?.cpuSeconds ?? 0)) / seconds };
  });
  const names = [...new Set(all.map(({ name }) => name))].toSorted();
  const rows = names.map((name) => {
    return row(
      name,
      all.filter((each) => each.name === name),
    );
  });
  const head = ["| at rest | pods | memory, MB | cores |", "| --- | --- | --- | --- |"];
  return [...head, ...rows, row("all", all)].join("\n");
}

async function containersOf(kubeconfig: string): Promise<Map<string, Container>> {
  const path = `/api/v1/nodes/${nodeName}/proxy/stats/summary`;
  const { pods } = summary.parse(await requestsTo(kubeconfig)({ method: "GET", path }));
  return new Map(
    pods.flatMap(({ podRef: { namespace, name: pod }, containers }) =>
      containers.map(({ name, memory, cpu }) => {
        const container = {
          name: `${namespace}: ${name}`,
          megabytes: memory.workingSetBytes / 1e6,
          cpuSeconds: cpu.usageCoreNanoSeconds / 1e9,
        };
        return [`${namespace}/${pod}/${name}`, container] as const;
      }),
    ),
  );
}

function row(name: string, pods: readonly { readonly megabytes: number; readonly cores: number }[]): string {
  const megabytes = pods.reduce((sum, pod) => sum + pod.megabytes, 0);
  const cores = pods.reduce((sum, pod) => sum + pod.cores, 0);
  return `| ${name} | ${pods.length} | ${megabytes.toFixed(0)} | ${cores.toFixed(3)} |`;
}
