import { z } from "zod";

/** The defaults that a schema holds, by the path of their field: `scaling.min` is 0. `*` stands for any key. */
export function defaultsOf(schema: unknown, path = ""): [string, unknown][] {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) {
    const value: unknown = schema.def.defaultValue;
    const inner = schema.unwrap();
    return inner instanceof z.ZodObject ? defaultsOf(inner, path) : [[path, value], ...defaultsOf(inner, path)];
  }
  if (schema instanceof z.ZodOptional) return defaultsOf(schema.unwrap(), path);
  if (schema instanceof z.ZodRecord) return defaultsOf(schema.valueType, `${path}.*`);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([field, inner]) => defaultsOf(inner, path ? `${path}.${field}` : field));
}
