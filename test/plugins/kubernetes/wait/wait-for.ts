import type { Cluster } from "../cluster.ts";
import { arrayAt, isArray, isObject, type Json, type JsonObject, numberAt, textAt } from "../json.ts";
import { annotationOf } from "../object.ts";
import { isReady, type Judge, type Look } from "./judge.ts";

/** One thing to wait for. */
type Expression = (live: JsonObject) => boolean;

/**
 * The judge for what the annotation `pulumi.com/waitFor` asks: `condition=Ready`, `condition=Ready=False`,
 * `jsonpath={.status.phase}=Running`, `jsonpath={.status.phase}`, or a JSON array of such. Undefined without it.
 *
 * @throws when an expression has another form.
 */
export function waitForOf(inputs: JsonObject): Judge | undefined {
  const annotation = annotationOf(inputs, "pulumi.com/waitFor");
  if (annotation === undefined || annotation === "") return undefined;
  const texts = textsOf(annotation);
  if (texts.length === 0) throw new Error("at least one condition must be specified");
  const expressions = texts.map((text): readonly [string, Expression] => [text, expressionOf(text)]);
  return async (_cluster: Cluster, { live }: Look) => {
    const unmet = isCurrent(live) ? expressions.filter(([, holds]) => !holds(live)).map(([text]) => text) : texts;
    if (unmet.length === 0) return isReady;
    const status = `Waiting for ${unmet.join(", ")}`;
    return { ready: false, status, explain: async () => [status] };
  };
}

function textsOf(annotation: string): readonly string[] {
  try {
    const parsed: Json = JSON.parse(annotation);
    return isArray(parsed) ? parsed.map(String) : [annotation];
  } catch {
    return [annotation];
  }
}

function expressionOf(text: string): Expression {
  if (text.startsWith("condition=")) return conditionExpression(text.slice("condition=".length));
  if (text.startsWith("jsonpath=")) return pathExpression(text.slice("jsonpath=".length));
  throw new Error(`expected a "jsonpath=" or "condition=" prefix, got "${text}"`);
}

function conditionExpression(text: string): Expression {
  const [type, status = "True"] = text.split("=");
  const matches = (one: Json) =>
    textAt(one, "type")?.toLowerCase() === type?.toLowerCase() &&
    textAt(one, "status")?.toLowerCase() === status.toLowerCase();
  return (live) => arrayAt(live, "status", "conditions").some(matches);
}

/** The simple forms only: keys and indexes. */
function pathExpression(text: string): Expression {
  const [, path = "", value] = /^\{\s*\$?([^{}]*?)\s*\}(?:=(.+))?$/.exec(text) ?? [];
  if (!/^(\.[\w-]+|\[\d+\]|\['[^']+'\])+$/.test(path)) {
    throw new Error(`The stand-in for the kubernetes plugin does not know the form of \`jsonpath=${text}\`.`);
  }
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, key, index, quoted]) => key ?? index ?? quoted,
  );
  return (live) => {
    const found = steps.reduce<Json | undefined>((inner, step) => follow(inner, step ?? ""), live);
    return found !== undefined && (value === undefined || String(found) === value);
  };
}

function follow(value: Json | undefined, step: string): Json | undefined {
  if (isArray(value)) return value[Number(step)];
  return isObject(value) ? value[step] : undefined;
}

/** A controller that tells how far it has seen must have seen the latest. */
function isCurrent(live: JsonObject): boolean {
  const seen = numberAt(live, "status", "observedGeneration");
  return seen === undefined || seen >= (numberAt(live, "metadata", "generation") ?? 0);
}
