import { previousOutputs } from "../components/kubernetes/previous-outputs.ts";
import { localPlatform } from "../components/local/local-platform.ts";
import type { Platform } from "../components/platform.ts";
import type { Registry } from "../registry/resolve.ts";
import { runtimeDigest } from "../runtime/worker-runtime.ts";
import { previousState } from "./previous-state.ts";
import type { Settings } from "./settings.ts";

export interface PlatformContext {
  /** The folder that holds the registry. */
  readonly projectDirectory: string;
  readonly stack: string;
  /** The user's cache (`cacheDirectory()`). */
  readonly cache: string;
  readonly registry: Registry;
  /** The variables that the engine has. */
  readonly environment: NodeJS.ProcessEnv;
}

/** The platform that a stack's settings name. */
export async function platformOf(settings: Settings, context: PlatformContext): Promise<Platform> {
  if (settings.platform === "local") {
    return localPlatform({ ...context, ...settings, runtimeDigest: await runtimeDigest() });
  }
  // Loaded where it is used: nobody on a laptop waits for Pulumi's packages of a cluster.
  const { kubernetesPlatform } = await import("../components/kubernetes/kubernetes-platform.ts");
  const { workerImageContext } = await import("./worker-image-context.ts");
  const [imageContext, previous] = await Promise.all([
    workerImageContext(context.projectDirectory),
    previousState(previousOutputs),
  ]);
  return kubernetesPlatform({ ...context, settings, imageContext, previous });
}
