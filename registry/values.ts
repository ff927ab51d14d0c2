import { z } from "zod";
import { type Cpu, type Duration, type Memory, parseCpu, parseDuration, parseMemory } from "./units.ts";
import { quoted } from "./wording.ts";

/**
 * An object that takes the fields of `shape` and no others. Its message for unknown fields is the list of the valid ones.
 *
 * @param error Says what to write instead of something that is no object.
 */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape, error = objectOf(shape)) {
  const fields = quoted(Object.keys(shape));
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? fields : error) });
}

function objectOf(shape: object): string {
  const fields = Object.keys(shape);
  return fields.length > 8
    ? `Write an object of ${quoted(fields.slice(0, 3))} and so on.`
    : `Write an object of ${quoted(fields)}.`;
}

/** Text that matches `pattern` and has at most 500 characters. `error` says what to write instead. */
export function text(pattern: RegExp, error: string) {
  return checkedText((written) => written.length <= 500 && pattern.test(written), error);
}

/** Text for which `accepts` holds. `error` says what to write instead. */
export function checkedText(accepts: (text: string) => boolean, error: string) {
  return z.string({ error }).refine(accepts, { error });
}

/** One of a few words. */
export function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: `Write ${choices.map((word) => `"${word}"`).join(" or ")}.` });
}

/** `true` or `false`. */
export function flag() {
  return z.boolean({ error: "Write `true` or `false`." });
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number) {
  const error = `Write a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A number from `least` to `most`. */
export function decimal(least: number, most: number) {
  const error = `Write a number from ${least} to ${most}.`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

/** A list. `error` says what belongs in it. */
export function list<Item extends z.ZodType>(item: Item, error: string) {
  return z.array(item, { error }).max(1000, { error: "Write at most 1000 of them." });
}

/** Names and their values, of which `name` says how the names may look. `error` says what belongs in it. */
export function table<Name extends z.ZodString, Value extends z.ZodType>(name: Name, value: Value, error: string) {
  return z.record(name, value, { error });
}

/** A {@link Duration} of at least `least`, read as milliseconds. */
export function duration(least: Duration = "1ms") {
  const atLeast = least === "1ms" ? "" : ` of at least ${least}`;
  const examples = least === "1h" ? '"72h" or "30d"' : '"30s", "5m" or "72h"';
  const error = `Write a duration${atLeast}, such as ${examples} (units: ms, s, m, h, d, w).`;
  return quantity<Duration>((written) => {
    const milliseconds = parseDuration(written);
    return milliseconds === undefined || milliseconds < (parseDuration(least) ?? 0) ? undefined : milliseconds;
  }, error);
}

/** A {@link Cpu}, read as millicores. A bare number counts cores, as in Kubernetes. */
export function cpu() {
  const error = 'Write an amount of CPU such as "250m" (a quarter of a core) or "2".';
  return quantity<Cpu | number>((written) => parseCpu(String(written)), error, ["string", "number"]);
}

/** A {@link Memory}, read as bytes. */
export function memory() {
  return quantity<Memory>(parseMemory, 'Write an amount with its unit, such as "512Mi" or "1Gi".');
}

/** @param types What it may be written as, as `typeof` names it. */
function quantity<Written extends string | number>(
  parse: (written: Written) => number | undefined,
  message: string,
  types: readonly string[] = ["string"],
) {
  return z
    .custom<Written>((written) => types.includes(typeof written), { error: message })
    .transform((written, context) => {
      const value = parse(written);
      if (value !== undefined) return value;
      context.issues.push({ code: "custom", message, input: written });
      return z.NEVER;
    });
}
