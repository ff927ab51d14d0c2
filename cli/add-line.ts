/** Puts a line below those that are told of a name already: of several lanes each has one. */
export function addLine(lines: Map<string, string>, name: string, line: string): void {
  const before = lines.get(name);
  lines.set(name, before === undefined ? line : `${before}\n${line}`);
}
