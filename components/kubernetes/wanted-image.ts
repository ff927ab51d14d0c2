import { z } from "zod";
import type { Source } from "../../registry/resolve.ts";
import { defaultPython } from "../../registry/schema.ts";
import { readPreviousRelease } from "../../sources/release-source.ts";
import type { Candidate } from "../release.ts";

/** What an algorithm's pods run in. */
export interface WantedImage {
  readonly kind: Source["kind"];
  /** Version of Python. */
  readonly python: string;
}

const withPython = z.object({ settings: z.object({ python: z.string() }) });

/**
 * What is deployed after this run: the candidate, or, where that is a problem, what was before. Known before any resource
 * is made, since it decides which are made.
 *
 * @param previous The outputs of the algorithm's release in the state.
 */
export function wantedImage(candidate: Candidate, previous: unknown, source: Source): WantedImage {
  if ("version" in candidate) {
    return { kind: candidate.source?.kind ?? source.kind, python: candidate.settings.python };
  }
  const before = readPreviousRelease(previous);
  const python = withPython.safeParse(previous).data?.settings.python ?? defaultPython;
  return { kind: before?.source.kind ?? source.kind, python };
}
