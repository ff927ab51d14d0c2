import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { assertRequirements } from "../../sources/requirement.ts";

const inFile = (texts: readonly string[]) => texts.map((text) => ({ text, file: "requirements.txt" }));

test("what is no requirement is told for each, with conda's form mended", () => {
  expect(() => assertRequirements(inFile(["six==1.16.0", "numpy=1.26", "scipy 1.11", "torch [cuda] = 2.1"]))).toThrow(
    new UserError("Requirements cannot be read.", [
      "`requirements.txt` asks for `numpy=1.26`. Write `numpy==1.26`.",
      "`requirements.txt` asks for `scipy 1.11`. Write a name with versions, such as `numpy>=1.26`.",
      "`requirements.txt` asks for `torch [cuda] = 2.1`. Write `torch==2.1`.",
    ]),
  );
});

test("requirements in every right form, options, paths and URLs pass", () => {
  assertRequirements(
    inFile([
      "six",
      "six ~= 1.16",
      "six===1.16",
      "six (>=1.0)",
      "uvicorn[standard]>=0.20,<1",
      "six==1.16.0 --hash=sha256:00",
      'six ; python_version < "3.12"',
      "six @ https://host/six.whl",
      "git+https://host/six",
      "https://host/six.whl",
      "--index-url https://host/simple",
      "-e .",
      "./six",
      "$NAME==1",
    ]),
  );
});
