import net from "node:net";
import { expect, test } from "vitest";
import { versionAtLeast } from "../../cli/doctor/machine.ts";
import { examineState, examineVariables } from "../../cli/doctor/project.ts";
import { clock } from "../../cli/doctor/running.ts";
import { findingsTable } from "../../cli/verbs/doctor.ts";
import { portHolder } from "../../tools/port-holder.ts";
import { temporaryFolder } from "../support/folders.ts";

test("a program that is too old is told with what is needed", () => {
  expect(versionAtLeast("git version 2.39.5", [2, 25, 0], "Install git.")).toBe("git version 2.39.5");
  expect(() => versionAtLeast("20.18.9", [20, 19, 0], "Install Node.js 22.")).toThrow(
    "It says `20.18.9`, but 20.19.0 or later is needed. Install Node.js 22.",
  );
});

test("operations of a killed run are told", () => {
  expect(examineState({ resources: [] })).toBe("no operation is pending");
  expect(() => examineState({ pending_operations: [{}, {}] })).toThrow(
    "2 operations of a run that was killed are pending. `./conduit up` goes on with them.",
  );
});

test("variables that change what Pulumi does are told", async () => {
  const context = { root: await temporaryFolder(), stack: "local", json: false };
  expect(examineVariables(context, {})).toBe("none that changes what Pulumi does");
  expect(examineVariables(context, { PULUMI_BACKEND_URL: "s3://state" })).toBe("the state is in s3://state");
  expect(() => examineVariables(context, { PULUMI_CONTINUE_ON_ERROR: "false" })).toThrow(
    "Run `unset PULUMI_CONTINUE_ON_ERROR`.",
  );
});

test("a clock that is behind the last deploy is wrong", () => {
  const deployed = [{ lastDeploy: "2026-01-02T00:00:00Z" }, { lastDeploy: null }];
  expect(clock(deployed, new Date("2026-01-03T00:00:00Z")).ok).toBe(true);
  expect(clock(deployed, new Date("2026-01-01T00:00:00Z"))).toMatchObject({ part: "clock", ok: false });
});

test.runIf(process.platform === "linux")("who listens on a port is known", async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  expect(await portHolder(port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
  await new Promise((resolve) => server.close(resolve));
  expect(await portHolder(port)).toBeUndefined();
});

test("findings are aligned, and wrapped below themselves", () => {
  const findings = [
    { part: "git", ok: true, says: "git version 2.39.5" },
    { part: "Python", ok: false, says: "It is not on the PATH. Install Python 3." },
  ];
  expect(findingsTable(findings, 36)).toMatchInlineSnapshot(`
    "ok     git     git version 2.39.5
    WRONG  Python  It is not on the
                   PATH. Install Python
                   3."
  `);
});
