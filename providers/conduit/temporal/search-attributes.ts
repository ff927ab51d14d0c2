/** Temporal's types of search attributes, by name, with the number of its API (temporal.api.enums.v1.IndexedValueType). */
export const searchAttributeTypes: Readonly<Record<string, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};
