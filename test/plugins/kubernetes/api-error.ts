import { arrayAt, type JsonObject, numberAt, textAt } from "./json.ts";

/** What the API server answered when it refused a request. */
export class ApiError extends Error {
  readonly code: number;
  /** Its one word for why, such as `AlreadyExists`, `Conflict`, `Invalid`, `NotFound`. */
  readonly reason: string;
  /** The server's own `Status` object. */
  readonly status: JsonObject;

  constructor(code: number, status: JsonObject, fallback: string) {
    super(textAt(status, "message") ?? fallback);
    this.code = numberAt(status, "code") ?? code;
    this.reason = textAt(status, "reason") ?? "";
    this.status = status;
  }
}

/** The kind is not there at all: its CustomResourceDefinition is missing, or gone. */
export class NoSuchKind extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}

/** Whether the object, its namespace or its kind is not there. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof NoSuchKind || (thrown instanceof ApiError && thrown.code === 404);
}

/** Whether what is missing is the namespace. */
export function isNamespaceMissing(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 404 && textAt(thrown.status, "details", "kind") === "namespaces";
}

/** Whether an object of that name is there already. */
export function isThere(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.reason === "AlreadyExists";
}

/** Whether the account may not do this. */
export function isForbidden(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 403;
}

/** Whether other managers own fields that an apply wants to set. */
export function isFieldConflict(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 409 && causesOf(thrown).includes("FieldManagerConflict");
}

/** Whether the object changed between reading and writing it. */
export function isStale(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 409 && thrown.reason === "Conflict" && !isFieldConflict(thrown);
}

function causesOf({ status }: ApiError): readonly (string | undefined)[] {
  return arrayAt(status, "details", "causes").map((cause) => textAt(cause, "reason"));
}
