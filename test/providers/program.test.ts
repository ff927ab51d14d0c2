import { expect, test } from "vitest";
import { parseExits } from "../../providers/conduit/local/exits.ts";
import { machineVariables } from "../../providers/conduit/local/machine-variables.ts";
import { configurationOf, quote } from "../../providers/conduit/local/program.ts";
import { failureIn, silentFailure } from "../../providers/conduit/local/startup-failure.ts";
import { programName } from "../../providers/conduit/local/worker.ts";
import { workerEnvironment } from "../../providers/conduit/local/worker-environment.ts";
import type { WorkerInputs } from "../../providers/conduit/local/worker-inputs.ts";

const program = {
  name: "transcribe.1a2b3c4d",
  python: "/tools/bin/python",
  argv: ["/env/bin/python", "-m", "algorithm_conduit", "run", "."],
  environment: { SECRET: "never in the configuration" },
  directory: "/checkout",
  stopSeconds: 100,
};

test("a program's section restarts it for ever, with back-off, and never holds its environment", () => {
  const section = configurationOf("/home/a b/100%", program);
  expect(section.replace(/"[^"]*exec\.py"/, '"exec.py"')).toMatchInlineSnapshot(`
    "[program:transcribe.1a2b3c4d]
    command="/tools/bin/python" "-I" "-S" "exec.py" "/home/a b/100%%/programs/transcribe.1a2b3c4d.json"
    stdout_logfile=/home/a b/100%%/logs/transcribe.1a2b3c4d.log
    redirect_stderr=true
    stdout_logfile_maxbytes=10MB
    stdout_logfile_backups=3
    autostart=true
    autorestart=true
    startsecs=10
    startretries=1000000
    stopsignal=TERM
    stopwaitsecs=100
    killasgroup=true
    "
  `);
});

test("a word of a command survives the supervisor's quoting", () => {
  expect(quote('a "b" \\c %d')).toBe('"a \\"b\\" \\\\c %%d"');
});

const worker: WorkerInputs = {
  supervisor: { home: "/h", socket: "/s", runDirectory: "/r", python: "/p" },
  address: "127.0.0.1:7233",
  algorithm: { name: "transcribe", temporalNamespace: "speech", env: { A: "1" } },
  release: {
    version: "aaaaaaaaaaaa-bbbbbbbb",
    commit: "1".repeat(40),
    directory: "/checkout",
    settings: {
      cpu: 250,
      concurrency: 1,
      shutdownGrace: 70_000,
      timeouts: { startup: 600_000 },
      retry: { nonRetryable: ["ValueError", "KeyError"] },
    },
  },
  python: "/env/bin/python",
  runtime: "/runtime",
  cache: "/cache",
};

test("a process is named after what decides what it does", () => {
  const name = programName(worker);
  expect(name).toMatch(/^transcribe\.[0-9a-f]{8}$/);
  const { release, algorithm } = worker;
  expect(programName({ ...worker, release: { ...release, version: "cccccccccccc-bbbbbbbb" } })).not.toBe(name);
  expect(programName({ ...worker, algorithm: { ...algorithm, env: { A: "2" } } })).not.toBe(name);
  expect(programName({ ...worker, address: "127.0.0.1:7234" })).not.toBe(name);
});

test("a commit that leaves the version as it is, is no new process", () => {
  const release = { ...worker.release, commit: "2".repeat(40) };
  expect(programName({ ...worker, release })).toBe(programName(worker));
});

test("a worker's environment is the contract, the entry's variables, and where its code is", () => {
  expect(workerEnvironment(worker)).toEqual({
    A: "1",
    CONDUIT_ALGORITHM: "transcribe",
    CONDUIT_COMMIT: "1111111111111111111111111111111111111111",
    CONDUIT_CONCURRENCY: "1",
    CONDUIT_CONTRACT: "1",
    CONDUIT_CPU: "0.25",
    CONDUIT_EXIT_WITH_PARENT: "1",
    CONDUIT_NON_RETRYABLE: "ValueError,KeyError",
    CONDUIT_SHUTDOWN_GRACE: "70",
    CONDUIT_STARTUP_TIMEOUT: "600",
    CONDUIT_TASK_QUEUE: "transcribe",
    CONDUIT_VERSION: "aaaaaaaaaaaa-bbbbbbbb",
    PYTHONPATH: "/runtime",
    PYTHONPYCACHEPREFIX: "/cache/pycache",
    PYTHONUNBUFFERED: "1",
    TEMPORAL_ADDRESS: "127.0.0.1:7233",
    TEMPORAL_NAMESPACE: "speech",
  });
});

test("of the deployer's environment only what a program needs of the machine reaches a worker", () => {
  const deployer = { PATH: "/usr/bin", HOME: "/home/me", AWS_SECRET_ACCESS_KEY: "x", PULUMI_CONFIG_PASSPHRASE: "y" };
  expect(machineVariables(deployer)).toEqual({ PATH: "/usr/bin", HOME: "/home/me" });
});

test("a worker's last startup failure is found among its other lines", () => {
  const log = [
    "plain text",
    '{"level":"error","event":"startup_failed","message":"first"}',
    '{"level":"error","event":"startup_failed","message":"`train.py` line 3: no module"}',
    '{"event":"startup_failed", cut off',
    "Traceback",
  ].join("\n");
  expect(failureIn(log)).toBe("`train.py` line 3: no module");
  expect(failureIn("nothing of the kind")).toBeUndefined();
});

test("a worker that ends without a word is told by how it ended and what it was importing", () => {
  const importing = JSON.stringify({ event: "importing", message: "Importing `pkg.model`." });
  expect(silentFailure(importing, "SIGSEGV")).toBe(
    "The worker ended while it was importing `pkg.model`, with SIGSEGV, and printed nothing. Look there for what ends the process, such as `os._exit`.",
  );
  expect(silentFailure(`${importing}\nKilled`, undefined)).toBe(
    "The worker ended while it was importing `pkg.model`. Its last words:\nKilled",
  );
});

test("unasked ends are read from the supervisor's log, asked ones are not among them", () => {
  const log = [
    "2026-01-02 03:04:05,678 INFO spawned: 'a.1' with pid 7",
    "2026-01-02 03:04:06,001 WARN exited: a.1 (exit status 3; not expected)",
    "2026-01-02 03:04:07,002 WARN exited: a.1 (terminated by SIGKILL; not expected)",
    "2026-01-02 03:04:08,003 WARN exited: b.1 (terminated by SIGSEGV (core dumped); not expected)",
    "2026-01-02 03:04:09,004 WARN stopped: a.1 (terminated by SIGTERM)",
    "2026-01-02 03:04:10,005 INFO exited: a.1 (exit status 0; expected)",
  ].join("\n");
  expect(parseExits(log)).toEqual([
    { at: "2026-01-02T03:04:06.001Z", program: "a.1", how: "exit code 3" },
    { at: "2026-01-02T03:04:07.002Z", program: "a.1", how: "SIGKILL" },
    { at: "2026-01-02T03:04:08.003Z", program: "b.1", how: "SIGSEGV" },
    { at: "2026-01-02T03:04:10.005Z", program: "a.1", how: "exit code 0" },
  ]);
});
