import { messageOf } from "../../errors.ts";
import { coloured } from "../colour.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { examineMachine } from "../doctor/machine.ts";
import { examineRegistry, examineStack } from "../doctor/project.ts";
import { examineRunning } from "../doctor/running.ts";
import { openStack } from "../engine.ts";
import { doctorSchema, type Finding } from "../json/others.ts";
import { printJson } from "../json/print-json.ts";
import { outputWidth, print, wrap } from "../terminal.ts";

/** `doctor`: looks at each part that the local platform needs. Exit code 1 when one is missing or wrong. */
export async function doctor(options: GlobalOptions): Promise<number> {
  const findings = await examine(options);
  if (options.json) printJson(doctorSchema, { findings });
  else print(findingsTable(findings, outputWidth()));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

/** What depends on a part that is wrong cannot be asked about. */
async function examine(options: GlobalOptions): Promise<Finding[]> {
  const first = [...(await examineMachine()), ...(await examineRegistry(options))];
  const needed = first.filter(({ part }) => part === "Pulumi" || part === "registry");
  if (!needed.every(({ ok }) => ok)) return first;
  const context = contextOf(options);
  try {
    const stack = await openStack(context);
    const found = { part: "stack", ok: true, says: context.stack };
    return [...first, found, ...(await examineStack(context, stack)), ...(await examineRunning(context, stack))];
  } catch (thrown) {
    return [...first, { part: "stack", ok: false, says: messageOf(thrown) }];
  }
}

/** Exported for tests. */
export function findingsTable(findings: readonly Finding[], width: number): string {
  const widest = Math.max(...findings.map(({ part }) => part.length));
  const indent = " ".repeat("WRONG  ".length + widest + 2);
  return findings
    .map(({ part, ok, says }) => {
      const [word, format] = ok ? (["ok   ", "green"] as const) : (["WRONG", "red"] as const);
      const lines = wrap(`${word}  ${part.padEnd(widest)}  ${says}`, width, indent);
      return coloured(format, word) + lines.slice(word.length);
    })
    .join("\n");
}
