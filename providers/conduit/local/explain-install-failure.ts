import { UserError } from "../../../errors.ts";
import type { Dependencies } from "../../../sources/dependencies.ts";
import { redacted } from "../../../sources/remote.ts";
import type { RuntimeRequirements } from "./runtime-requirements.ts";
import { UvFailure } from "./uv.ts";

const SHOWN_LINES = 25;

/** What decides how a failed installation is explained. */
export interface InstallContext {
  readonly dependencies: Pick<Dependencies, "kind">;
  readonly python: string;
}

/** What a user is told when an environment could not be made. What did not come from uv is given back as it is. */
export function explainInstallFailure(thrown: unknown, context: InstallContext, runtime: RuntimeRequirements): unknown {
  if (!(thrown instanceof UvFailure)) return thrown;
  const { dependencies, python } = context;
  const file = dependencies.kind === "none" ? "the worker's requirements" : `\`${dependencies.kind}\``;
  const said = saidByUv(thrown.stderr);
  if (thrown.timedOut) return new UserError(`Installing ${file} did not end in 20 minutes. Run this again.`, said);
  if (thrown.args[0] === "venv") {
    return new UserError(
      `There is no Python ${python} on this machine. Install it (\`uv python install ${python}\`), or ask for another ` +
        "version: `python` in `[tool.conduit]`, or `requires-python`.",
      said,
    );
  }
  if (thrown.args.includes(runtime.file)) {
    return new UserError(
      `What the worker itself needs cannot be installed for Python ${python}. ${advice(thrown.stderr)}`,
      said,
    );
  }
  const both = disputed(thrown.stderr, runtime.firm);
  if (both.length > 0) {
    return new UserError(
      `${file} and the worker want different versions of ${both.join(" and ")}: the worker wants ` +
        `\`${runtime.firm.join("`, `")}\`. Loosen what ${file} asks for${isLock(dependencies.kind) ? " and lock again" : ""}.`,
      said,
    );
  }
  return new UserError(
    `What ${file} asks for cannot be installed for Python ${python}. ${advice(thrown.stderr)}`,
    said,
  );
}

/** The packages over which the worker's firm requirements and the algorithm's cannot agree, as uv tells it. */
export function disputed(stderr: string, firm: readonly string[]): string[] {
  if (!/No solution found|unsatisfiable/i.test(stderr)) return [];
  const names = firm.map((requirement) => /^[\w.-]+/.exec(requirement)?.[0] ?? "").filter((name) => name !== "");
  return names
    .filter((name) => new RegExp(`(^|[^\\w.-])${name}([^\\w.-]|$)`, "i").test(stderr))
    .map((name) => `\`${name}\``);
}

function advice(stderr: string): string {
  if (/Python requirement|requires-python|(requested|current) Python version/i.test(stderr)) {
    return "Ask for a Python that it allows: `python` in `[tool.conduit]`, or `requires-python`.";
  }
  if (/No solution found|unsatisfiable/i.test(stderr)) return "Change what cannot be had together.";
  if (/hash/i.test(stderr)) return "See that its hashes are those of the files in the package index.";
  if (/dns error|connect|timed out|Request failed|error sending request/i.test(stderr)) {
    return "Look at the network or the proxy, and whether the package index is configured (`uv help`, `UV_DEFAULT_INDEX`).";
  }
  if (/build/i.test(stderr)) return "See what its build says; a version with a wheel for this system avoids the build.";
  return "Try the same with `uv pip install`.";
}

/** What uv says, without credentials and at most a screen of it. */
function saidByUv(stderr: string): string[] {
  const lines = redacted(stderr)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "" && !/^warning:/i.test(line));
  return lines.length > 0 ? [lines.slice(0, SHOWN_LINES).join("\n")] : [];
}

function isLock(kind: Dependencies["kind"]): boolean {
  return kind === "uv.lock" || kind === "pylock.toml";
}
