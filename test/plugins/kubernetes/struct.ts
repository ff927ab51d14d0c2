import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { Json, JsonObject } from "./json.ts";

/** The engine's message for a bag of properties. */
export type Struct = structPb.Struct;

/** A bag of properties as a plain object; a missing bag is an empty one. */
export function fromStruct(struct: Struct | undefined): JsonObject {
  const fields: Record<string, Json> = {};
  struct?.getFieldsMap().forEach((value, key) => {
    fields[key] = fromValue(value);
  });
  return fields;
}

function fromValue(value: structPb.Value): Json {
  if (value.hasStructValue()) return fromStruct(value.getStructValue());
  if (value.hasListValue()) return value.getListValue()?.getValuesList().map(fromValue) ?? [];
  if (value.hasStringValue()) return value.getStringValue();
  if (value.hasNumberValue()) return value.getNumberValue();
  return value.hasBoolValue() ? value.getBoolValue() : null;
}

/** A plain object as the engine's message. */
export function toStruct(object: JsonObject): Struct {
  return structPb.Struct.fromJavaScript({ ...object });
}
