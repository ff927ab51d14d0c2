import { expect, test } from "vitest";
import { pythonVersion } from "../../registry/settings.ts";
import { problemsIn } from "./problems-of.ts";

test.each([
  [undefined, "3.11"],
  ["", "3.11"],
  [">=3.10", "3.11"],
  [">=3.12", "3.12"],
  [">= 3.9, < 4", "3.11"],
  [">=3.10,<3.11", "3.10"],
  ["<3.11", "3.10"],
  ["~=3.12", "3.12"],
  ["~=3.12.2", "3.12"],
  ["==3.13.*", "3.13"],
  ["!=3.11.*", "3.12"],
  [">3.11", "3.11"],
  [">3.11,!=3.11.*", "3.12"],
  [">=3.12.0rc1", "3.12"],
  ["==3.12.4", "3.12.4"],
  ["===3.12.4", "3.12.4"],
  [">=3.12,<=3.12", "3.12.0"],
  [">=3.11,<=3.12", "3.11"],
  [">=3", "3.11"],
])("requires-python %j runs on %s", (requiresPython, version) => {
  expect(pythonVersion(requiresPython)).toBe(version);
});

test("a version that is asked for is taken where requires-python admits it", () => {
  expect(pythonVersion(undefined, "3.13")).toBe("3.13");
  expect(pythonVersion(">=3.10", "3.10.4")).toBe("3.10.4");
  expect(pythonVersion("==3.12.4", "3.12")).toBe("3.12.4");
  expect(problemsIn(() => pythonVersion(">=3.12", "3.10"))).toEqual([
    '`python` is "3.10", which `requires-python` ">=3.12" does not admit. Change one of them.',
  ]);
});

test.each(["^3.10", "3.11", ">=3.x", ">=3.10;", "latest"])("requires-python %j cannot be read", (requiresPython) => {
  expect(problemsIn(() => pythonVersion(requiresPython))).toEqual([
    `\`requires-python\` is "${requiresPython}". Write versions such as ">=3.10" or ">=3.10,<3.13".`,
  ]);
});

test.each([">=4", "<3.10", "==3.8.*"])("requires-python %j admits nothing that there is", (requiresPython) => {
  expect(problemsIn(() => pythonVersion(requiresPython))).toEqual([
    `\`requires-python\` is "${requiresPython}", which admits no version of Python from 3.10 to 3.14. Widen it.`,
  ]);
});
