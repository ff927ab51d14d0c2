import { didYouMean, quoted } from "../../registry/wording.ts";
import { type GpuType, type GpuTypes, gpuTypesSettings } from "./settings.ts";

/** The type of GPU that an algorithm's workers get: the one that names it, else `default`, else the only one. */
export function gpuTypeOf(types: GpuTypes, algorithm: string): GpuType {
  const all = Object.values(types);
  const named = all.find(({ algorithms }) => algorithms.includes(algorithm));
  const only = all.length === 1 ? all[0] : undefined;
  return named ?? types.default ?? only ?? plainType();
}

/** What is wrong between the types of GPUs and the algorithms that they name; a sentence each. */
export function gpuTypeProblems(types: GpuTypes, algorithms: readonly string[]): string[] {
  return Object.entries(types).flatMap(([name, type]) =>
    type.algorithms.flatMap((algorithm) => {
      const place = `\`gpuTypes.${name}.algorithms\``;
      if (!algorithms.includes(algorithm)) {
        const choices = didYouMean(algorithm, algorithms, `Choose from ${quoted(algorithms)}.`);
        return [`${place} names \`${algorithm}\`, which the registry does not have. ${choices}`];
      }
      const first = Object.entries(types).find(([, other]) => other.algorithms.includes(algorithm))?.[0];
      return first === name
        ? []
        : [`${place} names \`${algorithm}\`, as \`gpuTypes.${first}\` does. Keep one of them.`];
    }),
  );
}

/** What a pod asks of its node for a GPU. */
export interface GpuPlacement {
  nodeSelector?: Record<string, string>;
  tolerations?: GpuType["tolerations"];
  runtimeClassName?: string;
}

/** Where pods with GPUs may run; nothing without one. */
export function gpuPlacement(gpu: number, type: GpuType): GpuPlacement {
  if (gpu === 0) return {};
  return {
    ...(Object.keys(type.nodeSelector).length === 0 ? {} : { nodeSelector: type.nodeSelector }),
    ...(type.tolerations.length === 0 ? {} : { tolerations: type.tolerations }),
    ...(type.runtimeClassName === undefined ? {} : { runtimeClassName: type.runtimeClassName }),
  };
}

function plainType(): GpuType {
  const { default: type } = gpuTypesSettings.parse({ default: {} });
  if (type === undefined) throw new Error("the default type of GPU does not parse");
  return type;
}
