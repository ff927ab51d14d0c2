import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCpu, formatDuration, formatMemory, parseCpu, parseDuration, parseMemory } from "../../registry/units.ts";

test.each([
  ["1ms", 1],
  ["500ms", 500],
  ["30s", 30_000],
  ["1.5h", 5_400_000],
  ["0.07m", 4_200],
  ["72h", 259_200_000],
  ["30d", 2_592_000_000],
  ["2w", 1_209_600_000],
])("the duration %s is %d ms", (written, milliseconds) => {
  expect(parseDuration(written)).toBe(milliseconds);
});

test.each([
  "",
  "5",
  "5 minutes",
  "5 m",
  "10x",
  "-5m",
  "+5m",
  "1e3s",
  "0s",
  "0.1ms",
  ".5h",
  "5m ",
  "5M",
  "9999999999d",
  "5m\n",
])("%j is no duration", (written) => {
  expect(parseDuration(written)).toBeUndefined();
});

test.each([
  ["250m", 250],
  ["2", 2_000],
  ["0.5", 500],
  ["1.25", 1_250],
  ["0.001", 1],
])("the CPU %s is %d millicores", (written, millicores) => {
  expect(parseCpu(written)).toBe(millicores);
});

test.each(["", "0", "0m", "-1", "0.5m", "0.0005", "1 core", "2k", "1e3", "٣"])("%j is no CPU", (written) => {
  expect(parseCpu(written)).toBeUndefined();
});

test.each([
  ["512Mi", 536_870_912],
  ["1Gi", 1_073_741_824],
  ["1.5Gi", 1_610_612_736],
  ["2Ti", 2_199_023_255_552],
  ["1k", 1_000],
  ["4G", 4_000_000_000],
  ["0.001G", 1_000_000],
])("the memory %s is %d bytes", (written, bytes) => {
  expect(parseMemory(written)).toBe(bytes);
});

test.each(["", "512", "1GB", "1gi", "0Mi", "-1Gi", "400m", "1 Gi", "0.0001k", "99999999999999Ti"])(
  "%j is no memory",
  (written) => {
    expect(parseMemory(written)).toBeUndefined();
  },
);

test("what is formatted parses to the same value", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), (value) => {
      expect(parseDuration(formatDuration(value))).toBe(value);
      expect(parseMemory(formatMemory(value * 1000))).toBe(value * 1000);
    }),
  );
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), (value) => parseCpu(formatCpu(value)) === value));
});

test("values are formatted as short as is exact", () => {
  expect([60_000, 70_000, 1_500, 86_400_000].map(formatDuration)).toEqual(["1m", "70s", "1500ms", "1d"]);
  expect([2_000, 250].map(formatCpu)).toEqual(["2", "250m"]);
  expect([2 ** 30, 1_500_000_000, 4_000_000_000, 1_000_001].map(formatMemory)).toEqual([
    "1Gi",
    "1500M",
    "4G",
    "1000001",
  ]);
});
