import { existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { type RegistryField, registryFields, registryFieldsTable } from "../../registry/fields-table.ts";
import { algorithmSchema, namespaceSchema } from "../../registry/schema.ts";
import { defaultsOf } from "../support/schema-defaults.ts";

const readme = new URL("../../README.md", import.meta.url);
let fields: RegistryField[] = [];

beforeAll(() => {
  fields = registryFields();
}, 60_000);

test("every field has a description that ends as a sentence", () => {
  expect(fields.filter(({ description }) => !/^[A-Z`].*\.$/.test(description))).toEqual([]);
  expect(fields.length).toBeGreaterThan(50);
});

test("every default of the schema is the one that its comment says", () => {
  const algorithms = fields.filter(({ table }) => table !== "namespace");
  const namespaces = fields.filter(({ table }) => table === "namespace");
  const told = (rows: RegistryField[], schema: z.ZodType) => {
    const defaults = defaultsOf(schema);
    const rowsByField = new Map(rows.map((row) => [row.field, row.default]));
    const known = defaults.filter(([field]) => rowsByField.has(field));
    return {
      said: known.map(([field]) => [field, rowsByField.get(field)]),
      true: known.map(([field, value]) => [field, JSON.stringify(value)]),
    };
  };
  const ofAlgorithms = told(algorithms, algorithmSchema);
  expect(ofAlgorithms.said).toEqual(ofAlgorithms.true);
  expect(ofAlgorithms.true).toContainEqual(["scaling.idleAfter", '"5m"']);
  const ofNamespaces = told(namespaces, namespaceSchema);
  expect(ofNamespaces.said).toEqual(ofNamespaces.true);
  expect(ofNamespaces.true).toContainEqual(["retention", '"720h"']);
});

test("every field that can be left out says what holds then", () => {
  const sections = ["scaling", "timeouts", "retry"];
  const silent = fields.filter(
    (row) => row.default === "" && !sections.includes(row.field) && !row.field.startsWith("source."),
  );
  expect(silent).toEqual([]);
});

test.runIf(existsSync(readme))("the README holds the table of fields", () => {
  const text = readFileSync(readme, "utf8");
  const [, between] = text.split(/<!-- \/?fields -->/);
  expect(between?.trim()).toBe(registryFieldsTable(fields));
});
