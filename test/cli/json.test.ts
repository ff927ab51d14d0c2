import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { fieldsOf, jsonDocumentation } from "../../cli/json/documentation.ts";
import { shapes } from "../../cli/json/shapes.ts";

const page = new URL("../../docs/json.md", import.meta.url);

test("`docs/json.md` is what the schemas say; `UPDATE_DOCS=1` writes it", () => {
  if (process.env.UPDATE_DOCS) writeFileSync(page, jsonDocumentation());
  expect(readFileSync(page, "utf8")).toBe(jsonDocumentation());
});

test("every field has a description that ends as a sentence", () => {
  const fields = Object.values(shapes).flatMap(fieldsOf);
  expect(fields.filter(({ description }) => !/^[A-Z`].*\.$/.test(description))).toEqual([]);
  expect(fields.length).toBeGreaterThan(50);
});

test("every object of every shape is strict, but for the lines of a log", () => {
  const loose = (schema: object): boolean =>
    Object.entries(schema).some(([key, value]) =>
      key === "additionalProperties"
        ? typeof value === "object" && Object.keys(value).length === 0
        : typeof value === "object" && value !== null && loose(value),
    );
  const names = Object.keys(shapes).filter((name) => loose(z.toJSONSchema(shapes[name]?.schema ?? z.never())));
  expect(names).toEqual(["logs"]);
});
