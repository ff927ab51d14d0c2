import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { kubernetesStackSettings } from "../../components/kubernetes/stack-settings.ts";
import { temporalSettingsSchema } from "../../components/kubernetes/temporal/settings.ts";
import { localSettings } from "../../components/local/stack-settings.ts";
import { type SettingsTable, settingsDocumentation, settingsTables } from "../../stacks/settings-table.ts";
import { defaultsOf } from "../support/schema-defaults.ts";

const readme = new URL("../../README.md", import.meta.url);
const markers = /(?<=<!-- settings -->\n\n)[\s\S]*?(?=\n\n<!-- \/settings -->)/;
let tables: readonly SettingsTable[] = [];

beforeAll(() => {
  tables = settingsTables();
}, 120_000);

const rows = () => tables.flatMap((table) => table.rows);

test("every setting has a description that ends as a sentence", () => {
  expect(rows().filter(({ description }) => !/^[A-Z`].*\.$/.test(description))).toEqual([]);
  expect(rows().length).toBeGreaterThan(80);
});

test("every setting that can be left out says what holds then, or its fields do", () => {
  const silent = rows().filter(
    (row) => row.default === "" && !rows().some(({ field }) => field.startsWith(`${row.field}.`)),
  );
  expect(silent.map(({ field }) => field).sort()).toEqual([...saidByItsFields].sort());
});

/** What is folded, or there only in one kind of a union. */
const saidByItsFields = [
  "images.secrets",
  "temporal.postgres.host",
  "temporal.postgres.password",
  "temporal.postgres.size",
  "temporal.services.history",
  "temporal.services.matching",
  "temporal.services.worker",
];

test("every default of the schemas is the one that its comment says", () => {
  const modes = temporalSettingsSchema.options.map((schema): [SettingsTable | undefined, z.ZodType, string] => {
    const [mode] = schema.shape.mode.values;
    return [tables.find(({ heading }) => heading.includes(`mode: ${mode}\``)), schema, "temporal"];
  });
  const pairs: [SettingsTable | undefined, z.ZodType, string][] = [
    [tables[0], localSettings, ""],
    [tables[1], kubernetesStackSettings, ""],
    ...modes,
  ];
  const checked = pairs.flatMap(([table, schema, path]) => {
    const said = new Map(table?.rows.map((row) => [row.field, row.default]));
    const defaults = defaultsOf(schema, path).filter(([field]) => said.has(field));
    return defaults.map(([field, value]) => ({ field, said: said.get(field), is: JSON.stringify(value) }));
  });
  const isSaid = ({ said = "", is }: (typeof checked)[number]) => said === is || said.replaceAll(/[{} ]/g, "") === is;
  expect(checked.filter((each) => !isSaid(each)).map(({ field }) => field)).toEqual(inOtherWords);
  expect(checked.length).toBeGreaterThan(40);
});

/** Defaults that depend on what else is written, or mean more than they say. */
const inOtherWords = [
  "kubernetes.namespaces",
  "temporal",
  "monitoring.dashboardLabels",
  "temporal.services.frontend.memory",
];

test.runIf(existsSync(readme))("the README holds the tables of settings; `UPDATE_DOCS=1` writes them", () => {
  const text = readFileSync(readme, "utf8");
  const documentation = settingsDocumentation(tables);
  if (process.env.UPDATE_DOCS)
    writeFileSync(
      readme,
      text.replace(markers, () => documentation),
    );
  expect(markers.exec(readFileSync(readme, "utf8"))?.[0]).toBe(documentation);
});
