import type { Context } from "./context.ts";
import { platformName } from "./platform-name.ts";
import type { Runtime } from "./runtime.ts";

/** The platform that a stack's workers run on, loaded when it is used. */
export async function runtimeOf(context: Context): Promise<Runtime> {
  if ((await platformName(context)) === "local") {
    return (await import("./local/runtime.ts")).localRuntime(context);
  }
  return (await import("./kubernetes/runtime.ts")).kubernetesRuntime(context);
}
