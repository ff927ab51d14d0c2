import { expect, test } from "vitest";
import { machineVariables } from "../../providers/conduit/local/machine-variables.ts";
import { configurationOf, quote } from "../../providers/conduit/local/program.ts";
import { failureIn } from "../../providers/conduit/local/startup-failure.ts";
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
