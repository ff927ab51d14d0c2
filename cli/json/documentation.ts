import { z } from "zod";
import { commandName } from "../../tools/command-name.ts";
import { type Shape, shapes } from "./shapes.ts";

// For the repository's own documentation and its test: `docs/json.md` is what this module makes.

/** One field of what a verb prints. */
export interface Field {
  /** Its path, such as `algorithms[].name`. */
  readonly field: string;
  readonly type: string;
  readonly description: string;
}

/** What is a shape of its own, and has its fields there. */
const folded = new Set(["status"]);

/** The part of JSON Schema that the shapes use. */
interface Node {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** Every field of a shape, outermost first. */
export function fieldsOf({ schema }: Shape): Field[] {
  return fieldsBelow(z.toJSONSchema(schema) as Node, "");
}

/** The whole page. */
export function jsonDocumentation(): string {
  const sections = Object.entries(shapes).map(([verb, shape]) => section(verb, shape));
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# What \`--json\` prints

Each verb that tells something takes \`--json\`: standard output is then JSON alone, of the shapes below, and all that is for
people goes to standard error. Exit codes are the same: 0 success, 1 failure, 2 wrong use. \`call\` prints the activity's
result, whatever shape it has. A verb that fails prints an error object in place of its result; \`up\`, \`deploy\` and
\`preview\` tell what failed of single algorithms in \`failures\`, and \`doctor\` in its findings.

This page is made from the schemas in \`cli/json\`, which the tests hold real output against: no field is missing there, and
none is more.`;

function section(verb: string, shape: Shape): string {
  const title = verb === "error" ? "## When a verb fails" : `## \`${commandName} ${verb} --json\``;
  const what = shape.prints === "lines" ? "One JSON object a line." : "One JSON object.";
  const { description } = z.toJSONSchema(shape.schema) as Node;
  const rows = fieldsOf(shape).map(({ field, type, description }) => `| \`${field}\` | ${type} | ${description} |`);
  const table = rows.length > 0 ? ["| field | type | what |", "| --- | --- | --- |", ...rows].join("\n") : "";
  return [title, [what, description].filter(Boolean).join(" "), table].filter(Boolean).join("\n\n");
}

function fieldsBelow(node: Node, prefix: string): Field[] {
  const variants = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  if (variants.length > 0) return variants.flatMap((variant) => fieldsBelow(variant, prefix));
  if (node.items) return fieldsBelow(node.items, `${prefix}[]`);
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) => {
    const field = prefix ? `${prefix}.${name}` : name;
    const row = { field, type: typeOf(inner), description: inner.description ?? "" };
    return folded.has(field) ? [row] : [row, ...fieldsBelow(inner, field)];
  });
}

function typeOf(node: Node): string {
  if (node.anyOf) return node.anyOf.map(typeOf).join(" or ");
  if (node.const !== undefined) return `\`"${node.const}"\``;
  if (node.enum) return node.enum.map((value) => `\`"${value}"\``).join(", ");
  if (node.items) return `list of ${node.items.type === "object" ? "objects" : `${node.items.type}s`}`;
  if (typeof node.additionalProperties === "object") return `object of ${node.additionalProperties.type}s`;
  return [node.type ?? ""].flat().join(" or ");
}
