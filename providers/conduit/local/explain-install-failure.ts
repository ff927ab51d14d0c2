import { redacted, UserError } from "../../../errors.ts";
import type { Dependencies } from "../../../sources/dependencies.ts";
import { fullDiskError, isFullDisk } from "../../../tools/full-disk.ts";
import type { RuntimeRequirements } from "./runtime-requirements.ts";
import { UvFailure } from "./uv.ts";

const SHOWN_LINES = 10;

/** What decides how a failed installation is explained. */
export interface InstallContext {
  readonly dependencies: Pick<Dependencies, "kind">;
  readonly python: string;
  /** The versions of Python on this machine. */
  readonly pythons: () => Promise<readonly string[]>;
}

/** What a user is told when an environment could not be made. What did not come from uv is given back as it is. */
export async function explainInstallFailure(
  thrown: unknown,
  context: InstallContext,
  runtime: RuntimeRequirements,
): Promise<unknown> {
  if (isFullDisk(thrown)) return fullDiskError();
  if (!(thrown instanceof UvFailure)) return thrown;
  const { dependencies, python } = context;
  const file = dependencies.kind === "none" ? "the worker's requirements" : `\`${dependencies.kind}\``;
  const said = saidByUv(thrown.stderr);
  if (thrown.timedOut) return new UserError(`Installing ${file} did not end in 20 minutes. Run this again.`, said);
  const refusing = refusingIndex(thrown.stderr);
  if (refusing !== undefined) {
    return new UserError(
      `The package index \`${refusing}\` refuses the credentials that it got for ${file}, or got none. Give uv the right ` +
        "ones: `UV_INDEX_<NAME>_USERNAME` and `UV_INDEX_<NAME>_PASSWORD`, `uv auth login`, or a `.netrc` file.",
    );
  }
  if (thrown.args[0] === "venv") return noPython(python, await context.pythons(), said);
  if (thrown.args.includes(runtime.file)) {
    return new UserError(
      `What the worker itself needs cannot be installed for Python ${python}. ${advice(thrown.stderr, "the package index")}`,
      said,
    );
  }
  const both = disputed(thrown.stderr, runtime.firm);
  if (both.length > 0) {
    const names = both.map((requirement) => `\`${nameOf(requirement)}\``).join(" and ");
    return new UserError(
      `${file} and the worker want different versions of ${names}: the worker wants \`${both.join("`, `")}\`. ` +
        `Loosen what ${file} asks for${isLock(dependencies.kind) ? " and lock again" : ""}.`,
      said,
    );
  }
  return new UserError(
    `What ${file} asks for cannot be installed for Python ${python}. ${advice(thrown.stderr, file)}`,
    said,
  );
}

/** The index that answered with 401 or 403, without credentials. uv calls its packages missing, and says this beside. */
function refusingIndex(stderr: string): string | undefined {
  return /An index URL \((\S+)\) could not be queried due to a lack of valid/.exec(redacted(stderr))?.[1];
}

function noPython(python: string, pythons: readonly string[], said: readonly string[]): UserError {
  const others = pythons.length > 0 ? ` (there is ${pythons.join(", ")})` : "";
  return new UserError(
    `There is no Python ${python} on this machine, and uv cannot install it. Install it, or ask for another version${others}: ` +
      "`python` in `[tool.conduit]`, or `requires-python`.",
    said,
  );
}

/** Those of the worker's firm requirements on which the algorithm's cannot agree, as uv tells it. */
function disputed(stderr: string, firm: readonly string[]): string[] {
  if (!/No solution found|unsatisfiable/i.test(stderr)) return [];
  return firm.filter((requirement) => {
    const name = nameOf(requirement);
    return name !== "" && new RegExp(`(^|[^\\w.-])${name}([^\\w.-]|$)`, "i").test(stderr);
  });
}

function nameOf(requirement: string): string {
  return /^[\w.-]+/.exec(requirement)?.[0] ?? "";
}

/** @param file What asks for it. */
function advice(stderr: string, file: string): string {
  if (/Python requirement|requires-python|(requested|current) Python version/i.test(stderr)) {
    return "Ask for a Python that it allows: `python` in `[tool.conduit]`, or `requires-python`.";
  }
  if (/there (is|are) no versions? of|not found in the package (registry|index)/i.test(stderr)) {
    return `Correct its name and version in ${file}, or name the package index that has it (\`UV_INDEX\`).`;
  }
  if (/No solution found|unsatisfiable/i.test(stderr)) return "Change what cannot be had together.";
  if (/hash/i.test(stderr)) return "See that its hashes are those of the files in the package index.";
  if (/dns error|connect|timed out|Request failed|error sending request/i.test(stderr)) {
    return "Look at the network or the proxy, and whether the package index is configured (`uv help`, `UV_DEFAULT_INDEX`).";
  }
  if (/build/i.test(stderr)) return "See what its build says; a version with a wheel for this system avoids the build.";
  return "Try the same with `uv pip install`.";
}

/**
 * What uv says of the error, without credentials and at most a few lines of it: no warnings about other things, no hints at
 * its own settings, and of a resolution that failed only why.
 */
function saidByUv(stderr: string): string[] {
  const text = redacted(stderr).replace(/^[\s\S]*?^(?=error:|\s*×)/m, "");
  const why = /No solution found[\s\S]*?(?:cause: |╰─▶ )([\s\S]*)/.exec(text)?.[1] ?? text;
  const lines = why
    .replace(/^\s*hint:[\s\S]*/m, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "");
  return lines.length > 0 ? [lines.slice(0, SHOWN_LINES).join("\n")] : [];
}

function isLock(kind: Dependencies["kind"]): boolean {
  return kind === "uv.lock" || kind === "pylock.toml";
}
