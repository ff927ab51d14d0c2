import { expect, test } from "vitest";
import { decide, type Sight } from "../../../providers/conduit/local/standby/decide.ts";
import type { SupervisedProcess } from "../../../providers/conduit/local/supervisord.ts";

const idle = { inFlight: 0, taken: 3 };

function verdict(state: SupervisedProcess["state"], sight: Partial<Sight> = {}): string {
  const process = { name: "transcribe.1", state, pid: 7, wasStarted: true };
  return decide({ process, backlog: 0, health: idle, takenBefore: 3, idleFor: 0, idleAfter: 1000, ...sight });
}

test("one that sleeps is woken by what waits for it, whether or not it was ever started", () => {
  expect(verdict("STOPPED", { health: undefined })).toBe("idle");
  expect(verdict("STOPPED", { health: undefined, backlog: 1 })).toBe("wake");
  expect(verdict("FATAL", { health: undefined, backlog: 1 })).toBe("wake");
});

test("one that idles for long enough goes to sleep", () => {
  expect(verdict("RUNNING", { idleFor: 999 })).toBe("idle");
  expect(verdict("RUNNING", { idleFor: 1000 })).toBe("sleep");
  expect(verdict("STARTING", { idleFor: 1000 })).toBe("sleep");
});

test("what waits, runs, or ran since the last look keeps it awake", () => {
  const long = { idleFor: 1_000_000 };
  expect(verdict("RUNNING", { ...long, backlog: 1 })).toBe("busy");
  expect(verdict("RUNNING", { ...long, health: { inFlight: 1, taken: 3 } })).toBe("busy");
  expect(verdict("RUNNING", { ...long, health: { inFlight: 0, taken: 4 } })).toBe("busy");
});

test("one that does not answer is left alone, unless it waits to be started again after a crash", () => {
  const silent = { idleFor: 1_000_000, health: undefined };
  expect(verdict("RUNNING", silent)).toBe("busy");
  expect(verdict("STARTING", silent)).toBe("busy");
  expect(verdict("BACKOFF", silent)).toBe("sleep");
});

test("one that is on its way out is let go", () => {
  expect(verdict("STOPPING", { idleFor: 1_000_000, backlog: 1 })).toBe("idle");
});
