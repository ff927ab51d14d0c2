/**
 * The lines of a Python module that are there because its algorithm is an activity: the imports for it, the dataclasses that
 * go in and come out, and the activities themselves. Empty lines do not count.
 */
export function wrappingLines(source: string): string[] {
  const blocks = source.split("\n\n\n").filter((block) => /^@(activity\.defn|dataclass)/.test(block));
  const imports = source.split("\n").filter((line) => /^from (temporalio|dataclasses) import/.test(line));
  return [...imports, ...blocks.flatMap((block) => block.split("\n"))].filter((line) => line.trim() !== "");
}
