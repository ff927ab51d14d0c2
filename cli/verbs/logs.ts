import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { logLineSchema } from "../json/others.ts";
import { printJsonLine } from "../json/print-json.ts";
import { mergeLogs, readableLine, recordOf } from "../log-lines.ts";
import type { ShowLines } from "../logs-request.ts";
import { runtimeOf } from "../runtime-of.ts";
import { print } from "../terminal.ts";

export interface LogsOptions extends GlobalOptions {
  readonly follow?: boolean;
  /** Lines from the end. */
  readonly lines: number;
}

/** `logs ALGORITHM`: what its workers said, the draining ones too; `temporal` shows Temporal's server. */
export async function logs(name: string, { follow = false, lines, ...options }: LogsOptions): Promise<number> {
  const context = contextOf(options);
  const { algorithms } = await loadRegistry(context.root, context.stack);
  const isServer = name === "temporal" && !algorithms.some((algorithm) => algorithm.name === name);
  if (!isServer) onlyNamed(algorithms, [name]);
  const show: ShowLines = (texts, last = Number.POSITIVE_INFINITY) => {
    for (const line of mergeLogs(texts).slice(-last)) {
      if (context.json) printJsonLine(logLineSchema, recordOf(line));
      else print(readableLine(line));
    }
  };
  const runtime = await runtimeOf(context);
  await runtime.logs({ name, isServer, follow, lines, show });
  return 0;
}
