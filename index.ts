/**
 * The package `algorithm-conduit`: what a platform team's own repository imports.
 *
 * @example algorithms.config.ts
 * import { defineAlgorithms } from "algorithm-conduit";
 * export default defineAlgorithms({ namespaces: {}, algorithms: {} });
 *
 * @example index.ts, the `main` of Pulumi.yaml
 * import { program } from "algorithm-conduit";
 * export default program;
 *
 * The components are for programs that do more than `program`; most have none of their own.
 *
 * @module
 */
import { findUpward, registryFile, requireModules } from "./stacks/project.ts";

export { Algorithm, type AlgorithmArgs } from "./components/algorithm.ts";
export { type LocalPlatformArgs, localPlatform } from "./components/local/local-platform.ts";
export type { Platform } from "./components/platform.ts";
export { TemporalNamespace, type TemporalNamespaceArgs } from "./components/temporal-namespace.ts";
export { type AlgorithmInput, defineAlgorithms, type NamespaceInput, type RegistryInput } from "./registry/define.ts";
export { type ProgramOptions, program } from "./stacks/program.ts";

// Here, since plain `pulumi` never comes to the program itself where it has loaded it as CommonJS.
const root = findUpward(process.cwd(), registryFile);
if (root !== undefined) requireModules(root);
