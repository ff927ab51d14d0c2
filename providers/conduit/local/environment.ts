import { createHash } from "node:crypto";
import { access, rm } from "node:fs/promises";
import path from "node:path";
import { exists, inTemporaryFolder } from "../../../sources/cache-place.ts";
import { withLock } from "../../../sources/lock.ts";
import type { EnvironmentRequest } from "./environment-request.ts";
import { explainInstallFailure } from "./explain-install-failure.ts";
import { installSteps } from "./install-steps.ts";
import { installedPythons } from "./installed-pythons.ts";
import { type RuntimeRequirements, readRuntimeRequirements } from "./runtime-requirements.ts";
import { runUv } from "./uv.ts";

/** A Python environment in the cache. */
export interface Environment {
  readonly directory: string;
  /** The path of its interpreter. */
  readonly python: string;
}

/**
 * The environment that holds an algorithm's dependencies and the worker's, resolved together; installed when no version
 * with the same ones was before. It holds none of the algorithm's own code.
 *
 * It is made beside its place and renamed, so one that is there is whole; of several processes one makes it and the others
 * wait.
 *
 * @throws UserError when the interpreter is missing, a package cannot be had or built, or the two sides want different
 *   versions.
 */
export async function buildEnvironment(request: EnvironmentRequest): Promise<Environment> {
  const runtime = await readRuntimeRequirements(request.runtimeRequirements);
  const { platform, arch } = process;
  const { python, dependencies } = request;
  const fingerprint = environmentFingerprint({
    dependencies: dependencies.fingerprint,
    python,
    runtime,
    platform,
    arch,
  });
  const directory = path.join(request.cache, "environments", fingerprint);
  const environment = { directory, python: path.join(directory, "bin", "python") };
  if (await works(environment)) return environment;
  const make = async () => {
    if (!(await works(environment))) await install(request, runtime, directory);
  };
  const onWait = () => request.onProgress("waiting for another run that installs the same");
  await withLock(`${directory}.lock`, make, { waitMs: 30 * 60_000, onWait, signal: request.signal });
  return environment;
}

/** Stands for everything that decides what an environment holds. 40 hex. */
export function environmentFingerprint(parts: {
  /** Of the algorithm's dependencies. */
  readonly dependencies: string;
  readonly python: string;
  readonly runtime: RuntimeRequirements;
  readonly platform: string;
  readonly arch: string;
}): string {
  const { dependencies, python, runtime, platform, arch } = parts;
  const all = ["1", dependencies, python, runtime.firm, runtime.pinned, platform, arch];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex").slice(0, 40);
}

/** Whether the environment is there, and the interpreter that it was made of too. */
async function works({ python }: Environment): Promise<boolean> {
  return access(python).then(
    () => true,
    () => false,
  );
}

async function install(request: EnvironmentRequest, runtime: RuntimeRequirements, place: string): Promise<void> {
  const { directory, uv, python, dependencies, signal, onProgress } = request;
  onProgress(`installing what ${dependencies.kind === "none" ? "the worker" : `\`${dependencies.kind}\``} asks for`);
  if (await exists(place)) await rm(place, { recursive: true, force: true }); // its interpreter is gone
  await inTemporaryFolder(place, async (temporary) => {
    try {
      await runUv(["venv", "--quiet", "--relocatable", "--allow-existing", "--python", python, temporary], {
        uv,
        cwd: directory,
        signal,
      });
      for (const step of await installSteps(request, runtime, temporary)) {
        await runUv(step.args, { uv, cwd: step.cwd, environment: step.environment, signal, onProgress });
      }
    } catch (thrown) {
      const pythons = () => installedPythons({ uv, cwd: directory, signal });
      throw await explainInstallFailure(thrown, { dependencies, python, pythons }, runtime);
    }
  });
}
