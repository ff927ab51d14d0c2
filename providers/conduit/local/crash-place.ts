import path from "node:path";

/** A line of the algorithm's own code. */
export interface CodePlace {
  /** Relative to the algorithm's folder. */
  readonly file: string;
  readonly line: number;
}

/**
 * The innermost line of the algorithm's code at which the interpreter crashed, or hung in native code: Python's
 * `faulthandler` writes the stack into the log, where nothing else can be said any more.
 *
 * @param directory The algorithm's folder, without symbolic links.
 */
export function crashPlace(log: string, directory: string): CodePlace | undefined {
  const dumped = /^(Fatal Python error: |Timeout \()[\s\S]*/m.exec(log)?.[0] ?? "";
  for (const [, file = "", line] of dumped.matchAll(/^ {2}File "(.*)", line (\d+) in /gm)) {
    const inside = path.relative(directory, file);
    if (!inside.startsWith("..") && !path.isAbsolute(inside)) return { file: inside, line: Number(line) };
  }
  return undefined;
}
