import { expect, test } from "vitest";
import { configurationOf, quote } from "../../providers/conduit/local/program.ts";
import { failureIn } from "../../providers/conduit/local/startup-failure.ts";
import { programName } from "../../providers/conduit/local/worker.ts";

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

const worker = {
  home: "/h",
  socket: "/s",
  runDirectory: "/r",
  launcherPython: "/p",
  algorithm: "transcribe",
  version: "aaaaaaaaaaaa-bbbbbbbb",
  commit: "1".repeat(40),
  python: "/env/bin/python",
  directory: "/checkout",
  environment: { A: "1", CONDUIT_COMMIT: "1".repeat(40) },
  startupSeconds: 60,
  graceSeconds: 70,
};

test("a process is named after what decides what it does", () => {
  const name = programName(worker);
  expect(name).toMatch(/^transcribe\.[0-9a-f]{8}$/);
  expect(programName({ ...worker, version: "cccccccccccc-bbbbbbbb" })).not.toBe(name);
  expect(programName({ ...worker, environment: { ...worker.environment, A: "2" } })).not.toBe(name);
});

test("a commit that leaves the version as it is, is no new process", () => {
  const commit = "2".repeat(40);
  const moved = { ...worker, commit, environment: { ...worker.environment, CONDUIT_COMMIT: commit } };
  expect(programName(moved)).toBe(programName(worker));
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
