import type { Settings } from "../../registry/settings.ts";
import { formatCpu, formatMemory } from "../../registry/units.ts";
import type { GpuType } from "./settings.ts";

/** What a container asks for, and the most it gets. */
export interface ContainerResources {
  readonly requests: Record<string, string>;
  readonly limits: Record<string, string>;
}

/** CPU is only asked for: a limit would stall a worker on a node that has CPU to spare. Memory and GPUs are what they are. */
export function workerResources(
  { cpu, memory, gpu }: Pick<Settings, "cpu" | "memory" | "gpu">,
  { resource }: Pick<GpuType, "resource">,
): ContainerResources {
  const limits = { memory: formatMemory(memory), ...(gpu === 0 ? {} : { [resource]: String(gpu) }) };
  return { requests: { cpu: formatCpu(cpu), ...limits }, limits };
}

/** What is enough for the workers of every lane: the gate runs once for all of them. */
export function largest<Of extends Pick<Settings, "cpu" | "memory" | "gpu">>(settings: Of, lanes: readonly Of[]): Of {
  const most = (of: (one: Of) => number) => Math.max(...lanes.map(of));
  return {
    ...settings,
    cpu: most(({ cpu }) => cpu),
    memory: most(({ memory }) => memory),
    gpu: most(({ gpu }) => gpu),
  };
}
