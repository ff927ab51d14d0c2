import http from "node:http";
import path from "node:path";
import { expect, test } from "vitest";
import { decodeResponse, encodeCall, xmlRpc } from "../../providers/conduit/local/xml-rpc.ts";
import { temporaryFolder } from "../support/folders.ts";

test("encodes strings, booleans and numbers as XML-RPC does", () => {
  expect(encodeCall("supervisor.stopProcess", ["a&b", false, 3])).toBe(
    "<methodCall><methodName>supervisor.stopProcess</methodName><params>" +
      "<param><value><string>a&amp;b</string></value></param>" +
      "<param><value><boolean>0</boolean></value></param>" +
      "<param><value><int>3</int></value></param>" +
      "</params></methodCall>",
  );
});

test("decodes structs in arrays, one or many", () => {
  const struct = (name: string) =>
    `<value><struct><member><name>name</name><value><string>${name}</string></value></member>` +
    "<member><name>pid</name><value><int>7</int></value></member></struct></value>";
  const response = (values: string) =>
    `<?xml version='1.0'?><methodResponse><params><param><value><array><data>${values}</data></array></value></param></params></methodResponse>`;
  expect(decodeResponse(response(""))).toEqual([]);
  expect(decodeResponse(response(struct("a &lt; b")))).toEqual([{ name: "a < b", pid: 7 }]);
  expect(decodeResponse(response(struct("a") + struct("b")))).toEqual([
    { name: "a", pid: 7 },
    { name: "b", pid: 7 },
  ]);
});

test("a fault is thrown with its code", () => {
  const fault =
    "<methodResponse><fault><value><struct>" +
    "<member><name>faultCode</name><value><int>10</int></value></member>" +
    "<member><name>faultString</name><value><string>BAD_NAME: x</string></value></member>" +
    "</struct></value></fault></methodResponse>";
  expect(() => decodeResponse(fault)).toThrow(expect.objectContaining({ code: 10, message: "BAD_NAME: x" }));
});

test("an answer that is not XML-RPC is an error that shows its beginning", async () => {
  const socket = path.join(await temporaryFolder(), "s.sock");
  const server = http.createServer((_request, response) => response.end("<html>404</html>"));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    await expect(xmlRpc(socket, "x", [])).rejects.toThrow(
      "The process supervisor answered with something that is not XML-RPC: <html>404</html>",
    );
  } finally {
    server.close();
  }
});

test("nothing listening is the socket's own error", async () => {
  await expect(xmlRpc("/nonexistent/s.sock", "x", [])).rejects.toThrow("ENOENT");
});
