import type { z } from "zod";
import { own, refused, type Table, tableOf } from "./plain.ts";
import { didYouMean, kindShown, type Path, type Place, shown } from "./wording.ts";

type Issue = z.core.$ZodIssue;

/** Values below these fields are never shown: they may be secrets, or be one by mistake. */
const hidden = new Set<PropertyKey>(["env", "secrets", "password", "apiKey"]);

/**
 * The sentences for what a schema of `schema.ts` refused: where, what was given, what to write instead.
 *
 * @param written The plain data that was parsed.
 * @param place Says where a value of it stands.
 */
export function problemsOf(issues: readonly Issue[], written: unknown, place: Place): string[] {
  return [...new Set(issues.flatMap((issue) => sentences(issue, written, place)))];
}

/** What of an object a schema takes, as it was written, and what it refuses. */
export interface Fit {
  /** The fields that the schema takes; not parsed yet. */
  fits: Table;
  problems: string[];
  /** Whether nothing was refused. That may be so without a problem of its own, where one was told before. */
  complete: boolean;
}

/** Parts an object into the fields that a schema takes and the problems of the others. */
export function fitFields(schema: z.ZodType, written: unknown, place: Place): Fit {
  const parsed = schema.safeParse(written);
  if (parsed.success) return { fits: tableOf(written), problems: [], complete: true };
  const { issues } = parsed.error;
  const unfit = new Set(
    issues.flatMap((issue) => issue.path[0] ?? (issue.code === "unrecognized_keys" ? issue.keys : [])),
  );
  const fits = Object.entries(tableOf(written)).filter(([field]) => !unfit.has(field));
  return { fits: Object.fromEntries(fits), problems: problemsOf(issues, written, place), complete: false };
}

/** Whether a schema takes the value as it was written. */
export function accepts<Schema extends z.ZodType>(schema: Schema, written: unknown): written is z.input<Schema> {
  return schema.safeParse(written).success;
}

function sentences(issue: Issue, written: unknown, place: Place): string[] {
  if (valueAt(written, issue.path) === refused) return [];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const valid = issue.message.replaceAll("`", "").split(", ");
      return `${place([...issue.path, key])} is not a field. ${didYouMean(key, valid, `The fields here are ${issue.message}.`)}`;
    });
  }
  if (issue.code === "invalid_key") {
    return [`${place(issue.path)} is not a valid name. ${issue.issues[0]?.message ?? "Rename it."}`];
  }
  if (issue.code === "invalid_union") {
    const branch = meantBranch(issue.errors, valueAt(written, issue.path));
    if (branch)
      return branch.flatMap((inner) => sentences({ ...inner, path: [...issue.path, ...inner.path] }, written, place));
  }
  return [`${place(issue.path)} is ${given(issue.path, written)}. ${issue.message}`];
}

function given(path: Path, written: unknown): string {
  const value = valueAt(written, path);
  if (value === undefined) return "missing";
  return path.some((key) => hidden.has(key)) ? kindShown(value) : shown(value);
}

/**
 * The alternative of a union that the writer meant: the only one of the right type whose required fields are there, and
 * among those the only one without unknown fields; undefined when that does not tell.
 */
function meantBranch(branches: readonly Issue[][], value: unknown): Issue[] | undefined {
  const possible = branches.filter(
    (issues) =>
      !issues.some(({ code, path }) =>
        path.length === 0 ? code === "invalid_type" : valueAt(value, path) === undefined,
      ),
  );
  const exact = possible.filter((issues) => !issues.some(({ code }) => code === "unrecognized_keys"));
  if (exact.length === 1) return exact[0];
  return possible.length === 1 ? possible[0] : undefined;
}

function valueAt(written: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return own(value, String(key));
  }, written);
}
