import { fileURLToPath } from "node:url";
import ts from "typescript";
import { algorithmFields, settingFields } from "./schema.ts";

// For the repository's own documentation and its test: this module alone needs the TypeScript compiler, at development time.

/** One field of the registry, as the README lists it. */
export interface RegistryField {
  /** Who sets it: the registry alone, the algorithm's repository too, or `namespaces`. */
  table: "registry" | "repository" | "namespace";
  /** Its path, such as `scaling.min`. */
  field: string;
  /** What holds when it is left out; "required" where it cannot be. */
  default: string;
  description: string;
}

const headings = {
  registry: "Fields of an algorithm that the registry sets:",
  repository:
    "Fields that the algorithm's repository sets in `[tool.conduit]`, within `limits`; the registry may set them too, and then overrides:",
  namespace: "Fields of a namespace:",
};

/** Fields whose own fields are named in one line, since they are alike or rarely written. */
const folded = new Set(["owner", "limits", "secrets", "lanes"]);

/** For a look at the registry's types. */
export const compilerOptions: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  noEmit: true,
  lib: ["lib.es2023.d.ts"],
  types: [],
};

/** Every field of the registry, read from the types and comments that editors show, in the order of `schema.ts`. */
export function registryFields(): RegistryField[] {
  const file = fileURLToPath(new URL("define.ts", import.meta.url));
  const program = ts.createProgram([file], compilerOptions);
  const order = Object.keys({ ...algorithmFields, ...settingFields });
  const algorithm = interfaceFields(program, file, "AlgorithmInput")
    .map((row) => ({ table: Object.hasOwn(settingFields, top(row)) ? "repository" : "registry", ...row }) as const)
    .sort((left, right) => order.indexOf(top(left)) - order.indexOf(top(right)));
  const namespace = interfaceFields(program, file, "NamespaceInput").map(
    (row) => ({ table: "namespace", ...row }) as const,
  );
  return [...algorithm, ...namespace];
}

/** The tables of the README, between its markers `<!-- fields -->` and `<!-- /fields -->`. */
export function registryFieldsTable(fields = registryFields()): string {
  const tables = (["registry", "repository", "namespace"] as const).map((table) => {
    const rows = fields.filter((field) => field.table === table);
    const lines = rows.map((row) => `| \`${row.field}\` | ${row.default} | ${row.description} |`);
    return [headings[table], "", "| field | default | what |", "| --- | --- | --- |", ...lines].join("\n");
  });
  return tables.join("\n\n");
}

type Row = Omit<RegistryField, "table">;

function top({ field }: Row): string {
  return field.split(".")[0] ?? "";
}

function interfaceFields(program: ts.Program, file: string, name: string): Row[] {
  const statements = program.getSourceFile(file)?.statements;
  const statement = statements?.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  if (statement === undefined) throw new Error(`${file} has no interface ${name}`);
  const checker = program.getTypeChecker();
  return sectionFields(checker.getTypeAtLocation(statement), "", checker);
}

/** The fields of a section and of the sections in it; a union's members one after the other. */
function sectionFields(type: ts.Type, prefix: string, checker: ts.TypeChecker): Row[] {
  const members = type.isUnion() ? type.types : [type];
  const properties = members.flatMap((member) => checker.getPropertiesOfType(member)).filter(isOfRegistry);
  const first = properties.filter(({ name }, index) => properties.findIndex((other) => other.name === name) === index);
  // In a union, which of the fields is there tells the members apart: none of them has to be.
  const missing = type.isUnion() ? "" : "required";
  return first.flatMap((property) => fieldRows(property, { prefix, missing }, checker));
}

function fieldRows(
  property: ts.Symbol,
  { prefix, missing }: { prefix: string; missing: string },
  checker: ts.TypeChecker,
): Row[] {
  const field = `${prefix}${property.name}`;
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
  const nested = sectionFields(checker.getIndexTypeOfType(type, ts.IndexKind.String) ?? type, `${field}.`, checker);
  const tag = property.getJsDocTags(checker).find(({ name }) => name === "default");
  const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const names = nested.filter((row) => !row.field.slice(field.length + 1).includes("."));
  const fields = names.map((row) => `\`${row.field.slice(field.length + 1)}\``).join(", ");
  const documentation = ts.displayPartsToString(property.getDocumentationComment(checker)).replaceAll("\n", " ");
  const row = {
    field,
    default: tag ? ts.displayPartsToString(tag.text) : optional ? "" : missing,
    description: folded.has(field) ? `${documentation} Its fields: ${fields}.` : documentation,
  };
  return folded.has(field) ? [row] : [row, ...nested];
}

/** Whether a property is a field of ours, and not one that all texts and lists have. */
function isOfRegistry(property: ts.Symbol): boolean {
  return (
    property.declarations?.some(
      (node) =>
        node.getSourceFile().fileName.endsWith("/registry/schema.ts") ||
        node.getSourceFile().fileName.endsWith("/registry/define.ts"),
    ) ?? false
  );
}
