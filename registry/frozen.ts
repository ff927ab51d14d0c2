/** The same data, of which nothing can be changed. */
export type Frozen<Data> = Data extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Data extends object
    ? { readonly [Field in keyof Data]: Frozen<Data[Field]> }
    : Data;

/** Freezes plain data through and through, and gives it back. */
export function freeze<Data>(data: Data): Data {
  if (typeof data !== "object" || data === null || Object.isFrozen(data)) return data;
  for (const value of Object.values(data)) freeze(value);
  return Object.freeze(data);
}
