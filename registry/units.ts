import ms from "ms";

/** A length of time as people write it: "500ms", "30s", "5m", "72h", "30d", "2w"; fractions such as "1.5h" too. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}`;

/** CPU as Kubernetes writes it: "250m" is a quarter of a core, "2" is two cores, "0.5" is half a core. */
export type Cpu = `${number}` | `${number}m`;

/** Memory or disk space as Kubernetes writes it: "512Mi", "1Gi", "1.5Gi", "2G". The unit is required. */
export type Memory = `${number}${"Ki" | "Mi" | "Gi" | "Ti" | "k" | "M" | "G" | "T"}`;

const durationPattern = /^\d{1,12}(\.\d{1,9})?(ms|s|m|h|d|w)$/;
const cpuPattern = /^(\d{1,6})(?:\.(\d{1,9}))?(m?)$/;
const memoryPattern = /^(\d{1,15})(?:\.(\d{1,9}))?(Ki|Mi|Gi|Ti|k|M|G|T)$/;

const durationUnits = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

const memoryUnits = [
  ["Ti", 2 ** 40],
  ["T", 1e12],
  ["Gi", 2 ** 30],
  ["G", 1e9],
  ["Mi", 2 ** 20],
  ["M", 1e6],
  ["Ki", 2 ** 10],
  ["k", 1e3],
] as const;

/** A hundred years: more than any wait, and well within what Temporal and Kubernetes can hold. */
const longest = ms("100y");

/**
 * Milliseconds of a {@link Duration}: "1.5h" is 5400000.
 *
 * @returns A whole number from 1 to a hundred years' worth; undefined when the text is not such a duration.
 */
export function parseDuration(text: string): number | undefined {
  if (!looksLikeDuration(text)) return undefined;
  const exact = ms(text);
  const rounded = Math.round(exact);
  const whole = Math.abs(exact - rounded) < 1e-4;
  return whole && rounded >= 1 && rounded <= longest ? rounded : undefined;
}

/**
 * Millicores of a {@link Cpu}: "2" is 2000, "250m" is 250.
 *
 * @returns A whole number of at least 1; undefined when the text is not such a quantity.
 */
export function parseCpu(text: string): number | undefined {
  const match = cpuPattern.exec(text);
  return match ? wholeNumber(match[1], match[2], match[3] === "m" ? 1 : 1000) : undefined;
}

/**
 * Bytes of a {@link Memory}: "1Gi" is 1073741824, "1G" is 1000000000.
 *
 * @returns A whole number of at least 1; undefined when the text is not such a quantity.
 */
export function parseMemory(text: string): number | undefined {
  const match = memoryPattern.exec(text);
  const factor = memoryUnits.find(([unit]) => unit === match?.[3])?.[1];
  return match && factor ? wholeNumber(match[1], match[2], factor) : undefined;
}

/** Writes milliseconds as the shortest exact {@link Duration}: 60000 is "1m", 70000 is "70s", 1500 is "1500ms". */
export function formatDuration(milliseconds: number): Duration {
  const unit = durationUnits.find(([, factor]) => milliseconds % factor === 0);
  return unit && milliseconds > 0 ? `${milliseconds / unit[1]}${unit[0]}` : `${milliseconds}ms`;
}

/** Writes millicores as a {@link Cpu}: 250 is "250m", 2000 is "2". */
export function formatCpu(millicores: number): Cpu {
  return millicores % 1000 === 0 ? `${millicores / 1000}` : `${millicores}m`;
}

/** Writes bytes as the shortest exact Kubernetes quantity: 1073741824 is "1Gi", 1500000000 is "1500M", 1000001 is "1000001". */
export function formatMemory(bytes: number): Memory | `${number}` {
  const unit = memoryUnits.find(([, factor]) => bytes % factor === 0);
  return unit && bytes > 0 ? `${bytes / unit[1]}${unit[0]}` : `${bytes}`;
}

function looksLikeDuration(text: string): text is Duration {
  return durationPattern.test(text);
}

/** `digits.fraction × factor`, exactly; undefined when that is no whole number, is 0, or is too large to be exact. */
function wholeNumber(digits = "", fraction = "", factor: number): number | undefined {
  const scaled = BigInt(digits + fraction) * BigInt(factor);
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled % divisor !== 0n) return undefined;
  const value = Number(scaled / divisor);
  return value >= 1 && Number.isSafeInteger(value) ? value : undefined;
}
