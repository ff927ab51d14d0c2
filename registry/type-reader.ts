import ts from "typescript";

// For the repository's own documentation and its test: this module alone needs the TypeScript compiler, at development time.

/** One field, as the README lists it. */
export interface FieldRow {
  /** Its path, such as `scaling.min`; `*` stands for any key. */
  field: string;
  /** What holds when it is left out; "required" where it cannot be. */
  default: string;
  description: string;
}

/** How fields are read. */
export interface ReadOptions {
  /** Fields whose own fields are named in one line, since they are alike or rarely written. */
  readonly folded?: ReadonlySet<string>;
  /** Fields whose own fields are left out: they are told elsewhere. */
  readonly closed?: ReadonlySet<string>;
  /** Before every field. @default "" */
  readonly prefix?: string;
}

/** For a look at the types of what people write. */
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

/** Reads the fields that people may write, from the types and comments that editors show. */
export class TypeReader {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  /** @param file The module that declares what is read. */
  constructor(private readonly file: string) {
    this.program = ts.createProgram([file], compilerOptions);
    this.checker = this.program.getTypeChecker();
  }

  /** An interface or a type, by its name. */
  typeNamed(name: string): ts.Type {
    const statements = this.program.getSourceFile(this.file)?.statements ?? [];
    for (const node of statements) {
      if (!ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) continue;
      if (node.name.text === name) return this.checker.getTypeAtLocation(node.name);
    }
    throw new Error(`${this.file} has no type ${name}`);
  }

  /** The type of a field. */
  typeOf(type: ts.Type, field: string): ts.Type {
    const property = this.checker.getPropertyOfType(type, field);
    if (property === undefined) throw new Error(`${this.file} has no field ${field}`);
    return this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
  }

  /** The members of a union that a literal field tells apart, by that literal. */
  membersBy(type: ts.Type, field: string): ReadonlyMap<string, ts.Type> {
    const members = type.isUnion() ? type.types : [type];
    return new Map(
      members.map((member) => {
        const literal = this.typeOf(member, field);
        return [literal.isStringLiteral() ? literal.value : "", member] as const;
      }),
    );
  }

  /** The fields of a section and of the sections in it; a union's members one after the other. */
  fields(type: ts.Type, options: ReadOptions = {}): FieldRow[] {
    const members = type.isUnion() ? type.types : [type];
    const properties = members.flatMap((member) => this.checker.getPropertiesOfType(member)).filter(isOurs);
    const first = properties.filter(
      ({ name }, index) => properties.findIndex((other) => other.name === name) === index,
    );
    // In a union, which of the fields is there tells the members apart: none of them has to be.
    const missing = type.isUnion() ? "" : "required";
    return first.flatMap((property) => this.fieldRows(property, missing, options));
  }

  private fieldRows(property: ts.Symbol, missing: string, options: ReadOptions): FieldRow[] {
    const field = `${options.prefix ?? ""}${property.name}`;
    const type = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
    const ofKeys = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
    const prefix = ofKeys ? `${field}.*.` : `${field}.`;
    const nested = options.closed?.has(field) ? [] : this.fields(ofKeys ?? type, { ...options, prefix });
    const tag = property.getJsDocTags(this.checker).find(({ name }) => name === "default");
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const names = nested.filter((row) => !row.field.slice(prefix.length).includes("."));
    const fields = names.map((row) => `\`${row.field.slice(prefix.length)}\``).join(", ");
    const comment = property.getDocumentationComment(this.checker);
    const documentation = ts.displayPartsToString(comment).replaceAll("\n", " ");
    const isFolded = options.folded?.has(field) === true;
    const row = {
      field,
      default: tag ? ts.displayPartsToString(tag.text) : optional ? "" : missing,
      description: isFolded ? `${documentation} Its fields: ${fields}.` : documentation,
    };
    return isFolded ? [row] : [row, ...nested];
  }
}

/** The rows as a table of Markdown. */
export function fieldsTable(rows: readonly FieldRow[]): string {
  const lines = rows.map((row) => `| \`${row.field}\` | ${row.default} | ${row.description} |`);
  return ["| field | default | what |", "| --- | --- | --- |", ...lines].join("\n");
}

/** Whether a property is a field of ours, and not one that all texts and lists have. */
function isOurs(property: ts.Symbol): boolean {
  const files = property.declarations?.map((node) => node.getSourceFile().fileName) ?? [];
  return files.length > 0 && files.every((file) => !file.includes("/node_modules/"));
}
