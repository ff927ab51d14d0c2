import { type Path, type Place, shown } from "./wording.ts";

/** An object with text keys, of which nothing else is known. */
export type Table = { [key: string]: unknown };

/** A copy of what somebody wrote that holds nothing but plain data, and what of it was no such data. */
export interface PlainCopy {
  value: unknown;
  problems: string[];
}

/** Deeper or larger than any registry; what goes beyond is refused, so that no later step can run out of stack or time. */
const deepest = 20;
const largest = 200_000;

const plainDataOnly = "Write plain data: texts, numbers, booleans, lists and objects.";

/** Stands where something was that is no plain data; a problem was told of it already. */
export const refused = Symbol("refused");

/** Whether this is an object with keys, and no list. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object itself, or an empty one for anything else. */
export function tableOf(value: unknown): Table {
  return isTable(value) ? value : {};
}

/** The value of a key, never one that all objects inherit. */
export function own(table: unknown, key: string): unknown {
  return isTable(table) && Object.hasOwn(table, key) ? table[key] : undefined;
}

/**
 * Copies plain data out of anything: objects, lists, texts, numbers, booleans and null; undefined fields are left out.
 * Cycles, getters that throw, instances of classes, functions and symbols become problems and are replaced by `refused`,
 * so that nothing that was written runs again.
 *
 * @param place Says where a value stands, for the problems.
 */
export function plainCopy(input: unknown, place: Place): PlainCopy {
  const copier = new Copier(place);
  const value = copier.copy(input, []);
  return { value, problems: [...copier.problems] };
}

class Copier {
  readonly problems = new Set<string>();
  readonly #parents = new Set<object>();
  readonly #place: Place;
  #count = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  copy(value: unknown, path: Path): unknown {
    if (typeof value !== "object" || value === null) return this.#copyScalar(value, path);
    if (this.#parents.has(value)) return this.#refuse(path, `contains itself. ${plainDataOnly}`);
    if (path.length > deepest) return this.#refuse(path, `is nested more than ${deepest} levels deep. Flatten it.`);
    this.#parents.add(value);
    try {
      return this.#copyObject(value, path);
    } catch {
      return this.#refuse(path, `throws when it is read. ${plainDataOnly}`);
    } finally {
      this.#parents.delete(value);
    }
  }

  #copyScalar(value: unknown, path: Path): unknown {
    if (value === refused) return refused;
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      return this.#refuse(path, `is ${shown(value)}. ${plainDataOnly}`);
    }
    return value;
  }

  #copyObject(value: object, path: Path): unknown {
    const keys = Reflect.ownKeys(value);
    this.#count += keys.length + 1;
    if (this.#count > largest) {
      return this.#refuse([], `holds more than ${largest} values. Leave out what repeats, with \`defaults\`.`);
    }
    if (Array.isArray(value)) {
      const { length } = value;
      if (length > largest) return this.#refuse(path, `has ${length} items. Shorten it.`);
      return Array.from({ length }, (_, index) => this.copy(Reflect.get(value, index), [...path, index]));
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      return this.#refuse(path, `is an instance of a class. ${plainDataOnly}`);
    }
    return Object.fromEntries(keys.flatMap((key) => this.#copyEntry(value, key, path)));
  }

  #copyEntry(value: object, key: string | symbol, path: Path): [string, unknown][] {
    if (typeof key === "symbol" || key === "__proto__") {
      this.#refuse(path, `has ${typeof key === "symbol" ? "a symbol as key" : "the key `__proto__`"}. Remove it.`);
      return [];
    }
    if (!Object.prototype.propertyIsEnumerable.call(value, key)) return [];
    const field = this.#readField(value, key, [...path, key]);
    return field === undefined ? [] : [[key, this.copy(field, [...path, key])]];
  }

  #readField(value: object, key: string, path: Path): unknown {
    try {
      return Reflect.get(value, key);
    } catch {
      return this.#refuse(path, `throws when it is read. ${plainDataOnly}`);
    }
  }

  #refuse(path: Path, what: string): typeof refused {
    this.problems.add(`${this.#place(path)} ${what}`);
    return refused;
  }
}
