/** A manifest as YAML, for small snapshots that people can review. */
export function manifestText(manifest: unknown): string {
  return `\n${lines(JSON.parse(JSON.stringify(manifest))).join("\n")}\n`;
}

function lines(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => indented(lines(item), "- "));
  if (typeof value !== "object" || value === null) return [scalar(value)];
  return Object.entries(value).flatMap(([key, inner]) => field(key, inner));
}

function field(key: string, value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    const [first = "", ...rest] = String(value).trimEnd().split("\n");
    return rest.length === 0 ? [`${key}: ${scalar(value)}`] : [`${key}: |`, ...indented([first, ...rest])];
  }
  if (Object.keys(value).length === 0) return [`${key}: ${Array.isArray(value) ? "[]" : "{}"}`];
  return [`${key}:`, ...indented(lines(value))];
}

function scalar(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[]" : "{}";
  // Quoted where it would be read as something else.
  return typeof value === "string" && /^(|[\d.]+|true|false|[{["].*)$|: |:$| #/.test(value)
    ? JSON.stringify(value)
    : String(value);
}

function indented(text: string[], first = "  "): string[] {
  return text.map((line, index) => (index === 0 ? first : "  ") + line);
}
