import http from "node:http";
import { XMLBuilder, XMLParser } from "fast-xml-parser";

/** A value of XML-RPC, as far as supervisord uses them. */
export type XmlRpcValue = string | number | boolean | XmlRpcValue[] | { [member: string]: XmlRpcValue };

/** An error that the server answered with, with supervisord's fault code (http://supervisord.org/api.html). */
export class XmlRpcFault extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** Calls a method over a Unix socket. Rejects with `XmlRpcFault` when the server refuses, or with the socket's own error. */
export async function xmlRpc(socket: string, method: string, parameters: readonly XmlRpcValue[]): Promise<XmlRpcValue> {
  const body = encodeCall(method, parameters);
  const answer = await post(socket, body);
  return decodeResponse(answer);
}

function post(socket: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { socketPath: socket, path: "/RPC2", method: "POST", headers: { "content-type": "text/xml" }, timeout: 30_000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      },
    );
    request.on("timeout", () => request.destroy(new Error("The process supervisor did not answer for 30 s.")));
    request.on("error", reject);
    request.end(body);
  });
}

/** Exported for tests. */
export function encodeCall(method: string, parameters: readonly XmlRpcValue[]): string {
  const params = { param: parameters.map((parameter) => ({ value: encodeValue(parameter) })) };
  return new XMLBuilder().build({ methodCall: { methodName: method, params } });
}

function encodeValue(value: XmlRpcValue): object {
  if (typeof value === "boolean") return { boolean: value ? 1 : 0 };
  if (typeof value === "number") return { int: value };
  if (typeof value === "string") return { string: value };
  if (Array.isArray(value)) return { array: { data: { value: value.map(encodeValue) } } };
  const member = Object.entries(value).map(([name, inner]) => ({ name, value: encodeValue(inner) }));
  return { struct: { member } };
}

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
  // A list of one looks like a single element unless the parser is told.
  isArray: (_name, path) => /(\.member|\.data\.value|\.param)$/.test(String(path)),
});

/** Exported for tests. */
export function decodeResponse(xml: string): XmlRpcValue {
  const { methodResponse: response } = parser.parse(xml);
  if (!response)
    throw new Error(`The process supervisor answered with something that is not XML-RPC: ${xml.slice(0, 80)}`);
  if (response.fault) {
    const fault = decodeValue(response.fault.value);
    if (typeof fault === "object" && !Array.isArray(fault)) {
      throw new XmlRpcFault(Number(fault.faultCode), String(fault.faultString));
    }
  }
  return decodeValue(response.params.param[0].value);
}

function decodeValue(value: unknown): XmlRpcValue {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return "";
  const entry = Object.entries(value).find(([name]) => name !== "#text");
  if (!entry) return "";
  const [type, content] = entry;
  switch (type) {
    case "int":
    case "i4":
    case "double":
      return Number(content);
    case "boolean":
      return content === "1";
    case "array":
      return (content?.data?.value ?? []).map(decodeValue);
    case "struct":
      return Object.fromEntries(
        (content?.member ?? []).map((member: { name: string; value: unknown }) => [
          member.name,
          decodeValue(member.value),
        ]),
      );
    default:
      return String(content);
  }
}
