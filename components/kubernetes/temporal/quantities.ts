import { formatCpu, formatMemory } from "../../../registry/units.ts";

/** What a container asks for: CPU without a limit, so that it can burst; memory with one, so that it harms no neighbour. */
export function resources({ cpu, memory }: { readonly cpu: number; readonly memory: number }) {
  return {
    requests: { cpu: formatCpu(cpu), memory: formatMemory(memory) },
    limits: { memory: formatMemory(memory) },
  };
}

/** An image of a version: what carries a tag or a digest stays as it is. */
export function imageOf(image: string, version: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return /[:@]/.test(last) ? image : `${image}:${version}`;
}
