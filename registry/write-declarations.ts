import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { compilerOptions } from "./type-reader.ts";

// `npm pack` runs this file, after TypeScript has written the declarations into `types`: at development time alone.

const aliasPattern = /^type (Written\w+) = z\.input<typeof \w+>;$/gm;
const importPattern = /^import type .*;\n/gm;

/**
 * Writes out the types of the schema in the declarations of `define.ts`. TypeScript names them by zod's own types, in which
 * the comments of the fields are lost: what editors show of an installed package would be types without a word.
 */
function writtenTypes(declarations: string): string {
  const file = fileURLToPath(new URL("define.ts", import.meta.url));
  const program = ts.createProgram([file], compilerOptions);
  const checker = program.getTypeChecker();
  const aliases = new Map(
    program
      .getSourceFile(file)
      ?.statements.filter(ts.isTypeAliasDeclaration)
      .map((statement) => [statement.name.text, checker.getTypeAtLocation(statement)]),
  );
  return declarations.replace(importPattern, "").replace(aliasPattern, (_, name: string) => {
    const type = aliases.get(name);
    if (type === undefined) throw new Error(`define.ts has no type ${name}`);
    return `interface ${name} ${objectText(type, checker, "")}`;
  });
}

function objectText(type: ts.Type, checker: ts.TypeChecker, indent: string): string {
  const inner = `${indent}  `;
  const fields = checker.getPropertiesOfType(type).map((property) => {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const fieldType = checker.getTypeOfSymbol(property);
    const text = typeText(optional ? checker.getNonNullableType(fieldType) : fieldType, checker, inner);
    return `${commentText(property, checker, inner)}${inner}${property.name}${optional ? "?" : ""}: ${text}${optional ? " | undefined" : ""};`;
  });
  return `{\n${fields.join("\n")}\n${indent}}`;
}

/** Objects of ours are written out; all else is as TypeScript names it. */
function typeText(type: ts.Type, checker: ts.TypeChecker, indent: string): string {
  const named = () =>
    checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias);
  if (type.isUnion()) {
    return type.types.some(isObject) ? type.types.map((one) => typeText(one, checker, indent)).join(" | ") : named();
  }
  const values = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (values && !checker.isArrayType(type)) return `{ [name: string]: ${typeText(values, checker, indent)} }`;
  return isObject(type) && !checker.isArrayType(type) ? objectText(type, checker, indent) : named();
}

function isObject(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Object) !== 0;
}

function commentText(property: ts.Symbol, checker: ts.TypeChecker, indent: string): string {
  const words = ts.displayPartsToString(property.getDocumentationComment(checker)).replaceAll("\n", " ");
  const tag = property.getJsDocTags(checker).find(({ name }) => name === "default");
  const standing = tag ? ` @default ${ts.displayPartsToString(tag.text)}` : "";
  return words === "" ? "" : `${indent}/** ${words}${standing} */\n`;
}

const declarations = new URL("../types/registry/define.d.ts", import.meta.url);
writeFileSync(declarations, writtenTypes(readFileSync(declarations, "utf8")));
