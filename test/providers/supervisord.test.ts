import http from "node:http";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Supervisord } from "../../providers/conduit/local/supervisord.ts";
import { temporaryFolder } from "../support/folders.ts";

/** A supervisord that gives these answers, one after another; and the methods that it was asked for. */
async function answering(...answers: string[]) {
  const socket = path.join(await temporaryFolder(), "s.sock");
  const asked: string[] = [];
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(/<methodName>supervisor\.(\w+)/.exec(body)?.[1] ?? "");
    response.end(`<methodResponse>${answers.shift()}</methodResponse>`);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  return { supervisord: new Supervisord(socket), asked };
}

const done = "<params><param><value><boolean>1</boolean></value></param></params>";

function fault(code: number): string {
  const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;
  const members = member("faultCode", `<int>${code}</int>`) + member("faultString", "<string>It says so</string>");
  return `<fault><value><struct>${members}</struct></value></fault>`;
}

function inState(state: string): string {
  const members = `<member><name>name</name><value><string>a.1</string></value></member><member><name>statename</name><value><string>${state}</string></value></member>`;
  return `<params><param><value><struct>${members}</struct></value></param></params>`;
}

const [badName, stillRunning, notRunning] = [10, 91, 70];

test("one that ended by itself a moment ago is stopped as soon as it is started again", async () => {
  const { supervisord, asked } = await answering(fault(notRunning), inState("EXITED"), done);
  await supervisord.stop("a.1");
  expect(asked).toEqual(["stopProcess", "getProcessInfo", "stopProcess"]);
});

test("one that somebody else stopped is stopped", async () => {
  const { supervisord, asked } = await answering(fault(notRunning), inState("STOPPING"));
  await supervisord.stop("a.1");
  expect(asked).toEqual(["stopProcess", "getProcessInfo"]);
});

test("one that somebody else removed is removed; one that runs is not", async () => {
  const { supervisord } = await answering(fault(badName), fault(stillRunning));
  await supervisord.remove("a.1");
  await expect(supervisord.remove("a.1")).rejects.toMatchObject({ code: stillRunning });
});
