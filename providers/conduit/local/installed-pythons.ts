import { z } from "zod";
import { runUv, type UvCall } from "./uv.ts";

const pythons = z.array(z.looseObject({ version_parts: z.looseObject({ major: z.number(), minor: z.number() }) }));

/** The versions of Python on this machine, such as `3.11`, the newest first; none where uv does not tell. */
export async function installedPythons(call: UvCall): Promise<string[]> {
  const list = runUv(["python", "list", "--only-installed", "--output-format", "json"], call);
  const found = pythons.safeParse(await list.then(JSON.parse).catch(() => undefined)).data ?? [];
  const minors = found
    .filter(({ version_parts: { major } }) => major === 3)
    .map(({ version_parts }) => version_parts.minor);
  return [...new Set(minors)].sort((a, b) => b - a).map((minor) => `3.${minor}`);
}
