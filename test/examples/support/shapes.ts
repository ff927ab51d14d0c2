/** The fields of each dataclass of a Python module, such as `{ SpeakerID: ["speaker: str", "confidence: float"] }`. */
export function dataclasses(source: string): Record<string, string[]> {
  const blocks = source.matchAll(/^@dataclass\nclass (\w+):\n((?:(?: {4}.*)?\n)+)/gm);
  return Object.fromEntries(Array.from(blocks, ([, name = "", body = ""]) => [name, fields(body)]));
}

function fields(body: string): string[] {
  return Array.from(body.matchAll(/^ {4}(\w+: [^=#\n]+)/gm), ([, field = ""]) => field.trim());
}

/** The fields of each interface of a TypeScript module, with the types that a Python dataclass has in their place. */
export function interfaces(source: string): Record<string, string[]> {
  const blocks = source.matchAll(/^export interface (\w+) {\n([^}]+)}/gm);
  return Object.fromEntries(Array.from(blocks, ([, name = "", body = ""]) => [name, asPython(body)]));
}

function asPython(body: string): string[] {
  return Array.from(body.matchAll(/^ {2}(\w+): (.+);$/gm), ([, name, type = ""]) => `${name}: ${pythonType(type)}`);
}

function pythonType(type: string): string {
  if (type.endsWith("[]")) return `list[${pythonType(type.slice(0, -2))}]`;
  if (type.endsWith(" | null")) return type.replace("null", "None");
  return { Base64: "bytes", string: "str", number: "float" }[type] ?? type;
}
