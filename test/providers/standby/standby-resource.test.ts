import { afterAll, beforeAll, expect, test } from "vitest";
import type { Properties } from "../../../providers/conduit/handler.ts";
import { standbyHandler, standbyProgram } from "../../../providers/conduit/local/standby-resource.ts";
import { Supervisord } from "../../../providers/conduit/local/supervisord.ts";
import { type LocalServer, startLocalServer } from "../../support/local-server.ts";

let local: LocalServer;

beforeAll(async () => {
  local = await startLocalServer();
}, 120_000);

afterAll(async () => local?.takeDown(), 60_000);

test("the standby runs once it is made, one that is gone is a change, and it ends with its resource", async () => {
  const inputs: Properties = { ...local.supervisor, address: local.address };
  const supervisord = new Supervisord(String(local.supervisor.socket));
  const made = await standbyHandler.create(inputs);
  expect(await standbyHandler.diff(made, inputs)).toEqual({ changes: false });
  await supervisord.stop(standbyProgram);
  expect(await standbyHandler.diff(made, inputs)).toEqual({ changes: true });
  const again = await standbyHandler.update(made, inputs);
  expect(await standbyHandler.read(again)).toEqual(again);
  await standbyHandler.delete(again);
  expect(await supervisord.process(standbyProgram)).toBeUndefined();
}, 120_000);
