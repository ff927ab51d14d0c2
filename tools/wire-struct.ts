/**
 * Which fields of a value are read: all (`true`), none (`undefined`), or those for whose key a function gives a selection.
 * In lists it holds for each item.
 */
export type Selection = true | undefined | ((key: string) => Selection);

/**
 * Reads parts of a `google.protobuf.Struct` from its bytes, and steps over the rest. A stack's whole state comes in one;
 * to make objects of all its values takes longer than the rest of a run in which nothing changes.
 *
 * @param bytes The message as it came over the wire.
 * @throws RangeError for bytes that are no such message.
 */
export function readStruct(bytes: Uint8Array, selection: Selection): Record<string, unknown> {
  return structAt(readerOf(bytes), bytes.length, selection);
}

interface Reader {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  at: number;
}

const text = new TextDecoder();

function readerOf(bytes: Uint8Array): Reader {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
}

/** `message Struct { map<string, Value> fields = 1; }` */
function structAt(reader: Reader, end: number, selection: Selection): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  eachField(reader, end, (_number, fieldEnd) => {
    // An entry of a map: `{ string key = 1; Value value = 2; }`, the key first.
    let key = "";
    eachField(reader, fieldEnd, (number, partEnd) => {
      if (number === 1) key = textAt(reader, partEnd);
      const wanted = number === 2 ? selected(selection, key) : undefined;
      if (wanted !== undefined) defineOwn(fields, key, valueAt(reader, partEnd, wanted));
    });
  });
  return fields;
}

/** `message Value { oneof kind { null 1, double 2, string 3, bool 4, Struct 5, ListValue 6 } }` */
function valueAt(reader: Reader, end: number, selection: Selection): unknown {
  let value: unknown = null;
  eachField(reader, end, (number, fieldEnd) => {
    if (number === 2) value = reader.view.getFloat64(reader.at, true);
    if (number === 3) value = textAt(reader, fieldEnd);
    if (number === 4) value = reader.bytes[reader.at] === 1;
    if (number === 5) value = structAt(reader, fieldEnd, selection);
    if (number === 6) value = listAt(reader, fieldEnd, selection);
  });
  return value;
}

/** `message ListValue { repeated Value values = 1; }` */
function listAt(reader: Reader, end: number, selection: Selection): unknown[] {
  const values: unknown[] = [];
  eachField(reader, end, (_number, fieldEnd) => {
    values.push(valueAt(reader, fieldEnd, selection));
  });
  return values;
}

/** Goes through the fields of a message that ends at `end`; `read` may leave the reader anywhere within the field. */
function eachField(reader: Reader, end: number, read: (number: number, end: number) => void): void {
  while (reader.at < end) {
    const tag = varint(reader);
    const type = tag % 8;
    const length = type === 2 ? varint(reader) : type === 1 ? 8 : type === 5 ? 4 : varintLength(reader);
    const fieldEnd = reader.at + length;
    if (fieldEnd > end) throw new RangeError("The message ends in the midst of a field.");
    read(Math.floor(tag / 8), fieldEnd);
    reader.at = fieldEnd;
  }
}

function varint(reader: Reader): number {
  let value = 0;
  for (let weight = 1; ; weight *= 128) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) throw new RangeError("The message ends in the midst of a number.");
    value += (byte & 127) * weight;
    if (byte < 128) return value;
  }
}

function varintLength({ bytes, at }: Reader): number {
  let length = 1;
  while ((bytes[at + length - 1] ?? 0) >= 128) length++;
  return length;
}

function textAt(reader: Reader, end: number): string {
  return text.decode(reader.bytes.subarray(reader.at, end));
}

function selected(selection: Selection, key: string): Selection {
  return typeof selection === "function" ? selection(key) : selection;
}

/** Sets `__proto__` too as what it is: a key like any other. */
function defineOwn(fields: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The bytes of a message's field that is a message itself; undefined where it is not there. */
export function fieldBytes(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  const reader = readerOf(bytes);
  let found: Uint8Array | undefined;
  eachField(reader, bytes.length, (number, end) => {
    if (number === wanted) found = bytes.subarray(reader.at, end);
  });
  return found;
}
