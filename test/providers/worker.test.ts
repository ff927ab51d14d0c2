import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Properties } from "../../providers/conduit/handler.ts";
import { lastFailureOf } from "../../providers/conduit/local/last-failure.ts";
import { isUp, Supervisord } from "../../providers/conduit/local/supervisord.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { workerHandler } from "../../providers/conduit/local/worker.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";

// The worker resource on a real supervisor, with programs that keep (or break) as much of the worker contract as the
// resource relies on.

let local: LocalServer;
let folder: string;

beforeAll(async () => {
  local = await startLocalServer();
  folder = path.join(String(local.supervisor.home), "algorithm");
  await mkdir(folder);
}, 120_000);

afterAll(async () => local?.takeDown(), 60_000);

/** A worker that serves its health socket, and ends on SIGTERM when it is told to drain no longer. */
const serving = `
import json, os, signal, socketserver, sys, threading, time
from http.server import BaseHTTPRequestHandler

state = "ready"

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"status": state, "inFlight": 1, "activities": [{"name": "work"}]}).encode()
        self.send_response(200 if state == "ready" or self.path == "/healthz" else 503)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def address_string(self):
        return "unix"
    def log_message(self, *_):
        pass

def stop(*_):
    global state
    state = "draining"

signal.signal(signal.SIGTERM, stop)
server = socketserver.ThreadingUnixStreamServer(os.environ["CONDUIT_HEALTH_ADDRESS"].removeprefix("unix:"), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
while state == "ready" or not os.path.exists("drained"):
    time.sleep(0.05)
`;

async function interpreter(name: string, script: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

async function pythonThat(name: string, program: string): Promise<string> {
  const module = path.join(folder, `${name}.py`);
  await writeFile(module, program);
  return interpreter(name, `#!/bin/sh\nexec "${local.supervisor.python}" "${module}"\n`);
}

function worker(algorithm: string, python: string, version: string, startup = 30_000): Properties {
  const settings = {
    cpu: 250,
    concurrency: 1,
    shutdownGrace: 60_000,
    timeouts: { startup },
    retry: { nonRetryable: [] },
  };
  return {
    supervisor: local.supervisor,
    address: local.address,
    algorithm: { name: algorithm, temporalNamespace: "default", env: {} },
    release: { version, commit: "c".repeat(40), directory: folder, settings },
    python,
    runtime: "/runtime",
    cache: folder,
  };
}

async function processesOf(algorithm: string) {
  const all = await new Supervisord(String(local.supervisor.socket)).processes();
  return all.filter(({ name }) => name.startsWith(`${algorithm}.`));
}

test("a new version takes over while the old one drains, and both are as the supervisor says", async () => {
  const python = await pythonThat("serving", serving);
  const first = await workerHandler.create(worker("surge", python, "1"));
  expect(first).toMatchObject({ version: "1", activities: [{ name: "work" }] });
  expect(await workerHandler.diff(first, worker("surge", python, "1"))).toEqual({ changes: false });
  expect(await workerHandler.diff(first, worker("surge", python, "2"))).toEqual({ changes: true });

  const second = await workerHandler.update(first, worker("surge", python, "2"));

  const processes = await processesOf("surge");
  expect(processes.filter(isUp).map(({ name }) => name)).toEqual([second.program]);
  expect(processes.find(({ name }) => name === first.program)?.state).toBe("STOPPING");

  const third = await workerHandler.update(second, worker("surge", python, "1"));
  expect(third.program).toBe(`${first.program}.2`);
  await writeFile(path.join(folder, "drained"), "");
  await eventually(async () => (await processesOf("surge")).filter(({ state }) => state === "STOPPING").length === 0, {
    seconds: 30,
  });
  expect((await processesOf("surge")).filter(isUp).map(({ name }) => name)).toEqual([third.program]);
});

test("what a killed run left behind is a change, and the next run puts it right", async () => {
  const python = await pythonThat("serving", serving);
  const recorded = await workerHandler.create(worker("killed", python, "1"));
  const unrecorded = await workerHandler.create(worker("killed", python, "2"));
  expect(await workerHandler.diff(recorded, worker("killed", python, "2"))).toEqual({ changes: true });
  const repaired = await workerHandler.update(recorded, worker("killed", python, "2"));
  expect(repaired.program).toBe(unrecorded.program);
  expect(await workerHandler.diff(repaired, worker("killed", python, "2"))).toEqual({ changes: false });
});

test("a version that does not start leaves nothing behind, and the one before goes on", async () => {
  const python = await pythonThat("serving", serving);
  const live = await workerHandler.create(worker("broken", python, "1"));
  const said = { level: "error", event: "startup_failed", message: "`algorithm.py:3`: no module." };
  const broken = await interpreter("broken", `#!/bin/sh\necho '${JSON.stringify(said)}'\nexit 1\n`);
  await expect(workerHandler.update(live, worker("broken", broken, "2"))).rejects.toThrow(
    "`algorithm.py:3`: no module.",
  );
  expect(await lastFailureOf(String(local.supervisor.home), "broken")).toMatchObject({
    version: "2",
    message: said.message,
  });
  expect((await processesOf("broken")).map(({ name }) => name)).toEqual([live.program]);
});

test("where nothing runs any more and the new version does not start, the one before serves again", async () => {
  const python = await pythonThat("serving", serving);
  const live = await workerHandler.create(worker("restarted", python, "1"));
  await workerHandler.delete(live);
  await eventually(async () => !(await processesOf("restarted")).some(isUp), { seconds: 30 });
  const broken = await interpreter("broken", "#!/bin/sh\nexit 1\n");
  await expect(workerHandler.update(live, worker("restarted", broken, "2"))).rejects.toThrow(
    "The worker ended while it started, with exit code 1, and printed nothing.",
  );
  expect((await processesOf("restarted")).filter(isUp).map(({ name }) => name)).toEqual([live.program]);
});

test("a start that fails late is told at once, with its own reason and not an earlier one", async () => {
  const said = JSON.stringify({ level: "error", event: "startup_failed", message: "early" });
  const early = await interpreter("late", `#!/bin/sh\necho '${said}'\nexit 1\n`);
  await expect(workerHandler.create(worker("late", early, "1", 600_000))).rejects.toThrow("early");
  await interpreter("late", "#!/bin/sh\nsleep 11\necho out of memory\nexit 1\n");
  await expect(workerHandler.create(worker("late", early, "1", 600_000))).rejects.toThrow(
    "The worker ended while it started, with exit code 1. Its last words:\nout of memory",
  );
}, 60_000);

test("a worker is gone only when none is up", async () => {
  const python = await pythonThat("serving", serving);
  const live = await workerHandler.create(worker("read", python, "1"));
  expect(await workerHandler.read(live)).toEqual(live);
  await workerHandler.delete(live);
  expect(await workerHandler.read(live)).toBeUndefined();
});

test("a start that a signal ends is told with the signal and the line of the algorithm", async () => {
  await writeFile(path.join(folder, "native.py"), "import os\n\nos.abort()\n");
  const crashing = await pythonThat(
    "crashing",
    `import faulthandler, sys\nfaulthandler.enable(all_threads=False)\nsys.path.insert(0, ${JSON.stringify(folder)})\nimport native\n`,
  );
  await expect(workerHandler.create(worker("crashing", crashing, "1"))).rejects.toThrow(
    "The worker ended while it started, with SIGABRT, at `native.py:3` (`os.abort()`). Native code that this line calls crashed: try another version of its package.",
  );
  const killed = await interpreter("killed-at-once", "#!/bin/sh\nkill -9 $$\n");
  await expect(workerHandler.create(worker("killed-at-once", killed, "1"))).rejects.toThrow(
    "The worker ended while it started, with SIGKILL, as a system does that is short of memory. Load less there, or free memory.",
  );
});
