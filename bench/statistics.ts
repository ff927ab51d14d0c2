/** Minimum, median and maximum of some milliseconds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { min: at(0), median: at(0.5), max: at(1) };
}

/** A Markdown table of spreads, in seconds. */
export function spreadTable(rows: Readonly<Record<string, readonly number[]>>): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const lines = Object.entries(rows).map(([name, values]) => {
    const { min, median, max } = spreadOf(values);
    return `| ${name} | ${seconds(min)} | ${seconds(median)} | ${seconds(max)} |`;
  });
  return ["| seconds | min | median | max |", "| --- | --- | --- | --- |", ...lines].join("\n");
}
