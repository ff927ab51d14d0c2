import { z } from "zod";
import type { RunningActivity } from "../json/status.ts";

const told = z.object({ activity: z.string(), workflow_id: z.string(), attempt: z.int() });

/** The activities that a killed worker has left in its termination message, one a line; none where it says something else. */
export function leftRunning(message: string): RunningActivity[] {
  return message.split("\n").flatMap((line) => {
    const { data } = told.safeParse(parsed(line));
    return data ? [{ activity: data.activity, workflowId: data.workflow_id, attempt: data.attempt }] : [];
  });
}

/** Undefined for what is no JSON, such as the rest of a line that was cut. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
