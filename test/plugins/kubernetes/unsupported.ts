import { type JsonObject, textAt } from "./json.ts";
import { kindOfType } from "./object.ts";

/** The sentence about a resource type that the stand-in does not have, or undefined. */
export function unsupportedType(type: string, inputs: JsonObject): string | undefined {
  const { apiVersion, kind } = kindOfType(type);
  const isTool = /^(helm\.sh|yaml|kustomize)(\/|$)/.test(apiVersion);
  const isPatch = kind.endsWith("Patch") && textAt(inputs, "kind") === kind.replace(/Patch$/, "");
  const isList = kind.endsWith("List") && textAt(inputs, "kind") === kind && "items" in inputs;
  return isTool || isPatch || isList ? sentence(type) : undefined;
}

/** The sentence about a function or component that the stand-in does not have. */
export function sentence(token: string): string {
  return `The stand-in for the kubernetes plugin has no \`${token}\`; only the official plugin does.`;
}
