import { fileURLToPath } from "node:url";
import { algorithmFields, settingFields } from "./schema.ts";
import { type FieldRow, fieldsTable, TypeReader } from "./type-reader.ts";

/** One field of the registry, as the README lists it. */
export interface RegistryField extends FieldRow {
  /** Who sets it: the registry alone, the algorithm's repository too, or `namespaces`. */
  table: "registry" | "repository" | "namespace";
}

const headings = {
  registry: "Fields of an algorithm that the registry sets:",
  repository:
    "Fields that the algorithm's repository sets in `[tool.conduit]`, within `limits`; the registry may set them too, and then overrides:",
  namespace: "Fields of a namespace:",
};

/** Fields whose own fields are named in one line, since they are alike or rarely written. */
const folded = new Set(["owner", "limits", "secrets", "lanes"]);

/** Every field of the registry, read from the types and comments that editors show, in the order of `schema.ts`. */
export function registryFields(): RegistryField[] {
  const file = fileURLToPath(new URL("define.ts", import.meta.url));
  const reader = new TypeReader(file);
  const order = Object.keys({ ...algorithmFields, ...settingFields });
  const algorithm = reader
    .fields(reader.typeNamed("AlgorithmInput"), { folded })
    .map((row) => ({ table: Object.hasOwn(settingFields, top(row)) ? "repository" : "registry", ...row }) as const)
    .sort((left, right) => order.indexOf(top(left)) - order.indexOf(top(right)));
  const namespace = reader
    .fields(reader.typeNamed("NamespaceInput"), { folded })
    .map((row) => ({ table: "namespace", ...row }) as const);
  return [...algorithm, ...namespace];
}

/** The tables of the README, between its markers `<!-- fields -->` and `<!-- /fields -->`. */
export function registryFieldsTable(fields = registryFields()): string {
  const tables = (["registry", "repository", "namespace"] as const).map((table) => {
    const rows = fields.filter((field) => field.table === table);
    return [headings[table], "", fieldsTable(rows)].join("\n");
  });
  return tables.join("\n\n");
}

function top({ field }: FieldRow): string {
  return field.split(".")[0] ?? "";
}
