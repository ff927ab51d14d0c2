import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pythonWithTemporal } from "../test/support/python.ts";

/** Calls an algorithm's activity `answer` over and over. */
export interface Probe {
  /** When an answer came first, in milliseconds since 1970. */
  readonly firstAnswer: (answer: string) => Promise<number>;
  readonly close: () => void;
}

/** @param address Temporal's. */
export async function startProbe(address: string, namespace: string, queue: string): Promise<Probe> {
  const script = fileURLToPath(new URL("probe.py", import.meta.url));
  const args = [script, address, namespace, queue];
  const child = spawn(await pythonWithTemporal(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const seen = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  createInterface(child.stdout).on("line", (line) => {
    const { answer, at }: { answer: string; at: number } = JSON.parse(line);
    // While versions change, both answer.
    if (seen.has(answer)) return;
    seen.set(answer, at);
    waiting.get(answer)?.(at);
  });
  const firstAnswer = (answer: string) =>
    new Promise<number>((resolve) => {
      const at = seen.get(answer);
      if (at === undefined) waiting.set(answer, resolve);
      else resolve(at);
    });
  return { firstAnswer, close: () => child.kill() };
}
