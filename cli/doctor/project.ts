import { existsSync } from "node:fs";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import { stateFolder } from "../../stacks/backend.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import type { Settings } from "../../stacks/settings.ts";
import { commandName } from "../../tools/command-name.ts";
import { isExecutable } from "../../tools/executables.ts";
import { type Context, contextOf, type GlobalOptions } from "../context.ts";
import type { Finding } from "../json/others.ts";
import { counted } from "../sentence.ts";
import { stackSettings } from "../stack-settings.ts";
import { exportedState } from "../state.ts";
import { check } from "./check.ts";

/** What needs no stack: the registry, and the variables of this shell that decide over Pulumi. */
export async function examineRegistry(options: GlobalOptions): Promise<Finding[]> {
  return [
    await check("registry", async () => {
      const context = contextOf(options);
      const { algorithms } = await loadRegistry(context.root, context.stack);
      return counted(algorithms.length, "algorithm");
    }),
    await check("variables", () => examineVariables(contextOf(options), process.env)),
  ];
}

/** What the stack holds besides what runs. */
export async function examineStack({ root }: Context, stack: Stack): Promise<Finding[]> {
  return [
    await check("settings", async () => describeSettings(await stackSettings(stack))),
    await check("provider", async () => examineProvider(root, await stack.workspace.projectSettings())),
    await check("state", async () => examineState(await exportedState(stack))),
  ];
}

/** Variables that make Pulumi do otherwise than this package relies on. Exported for tests. */
export function examineVariables({ root, stack }: Context, environment: NodeJS.ProcessEnv): string {
  const { PULUMI_BACKEND_URL: backend, PULUMI_CONTINUE_ON_ERROR: goOn } = environment;
  const problems: string[] = [];
  if (goOn !== undefined && goOn !== "true") {
    problems.push(
      `\`PULUMI_CONTINUE_ON_ERROR\` is "${goOn}": one algorithm's failure stops the others. Run \`unset PULUMI_CONTINUE_ON_ERROR\`.`,
    );
  }
  const hasOwnState = existsSync(path.join(stateFolder(root), ".pulumi", "stacks"));
  if (backend !== undefined && hasOwnState) {
    problems.push(
      `\`PULUMI_BACKEND_URL\` is "${backend}", but the state of the stack \`${stack}\` was in this project's \`.conduit/state\`. ` +
        "Run `unset PULUMI_BACKEND_URL`, or move the state there and remove that folder.",
    );
  }
  if (problems.length > 0) throw new UserError(problems.join(" "));
  return backend === undefined ? "none that changes what Pulumi does" : `the state is in ${backend}`;
}

function describeSettings(settings: Settings): string {
  if (settings.platform === "local") {
    return `platform local, ports ${settings.temporalPort} and ${settings.uiPort}`;
  }
  return `platform kubernetes, Temporal ${settings.temporal.mode}, autoscaler ${settings.autoscaler}`;
}

const projectSchema = z.looseObject({
  plugins: z
    .looseObject({ providers: z.array(z.looseObject({ name: z.string(), path: z.string() })).optional() })
    .optional(),
});

function examineProvider(root: string, project: unknown): string {
  const providers = projectSchema.parse(project).plugins?.providers ?? [];
  const listed = providers.find(({ name }) => name === "conduit");
  if (!listed) {
    throw new UserError(
      "`Pulumi.yaml` lists no provider `conduit`. Add it under `plugins.providers`, with the path of `providers/conduit` of this package.",
    );
  }
  const folder = path.resolve(root, listed.path);
  if (isExecutable(path.join(folder, "pulumi-resource-conduit"))) return folder;
  throw new UserError(
    `\`Pulumi.yaml\` says that the provider \`conduit\` is in \`${listed.path}\`, but there is no program \`pulumi-resource-conduit\`. ` +
      "Correct the path under `plugins.providers`, or install the dependencies (`npm ci`).",
  );
}

const deploymentSchema = z.looseObject({ pending_operations: z.array(z.unknown()).nullish() });

/** Exported for tests. */
export function examineState(deployment: unknown): string {
  const pending = deploymentSchema.parse(deployment ?? {}).pending_operations?.length ?? 0;
  if (pending === 0) return "no operation is pending";
  throw new UserError(
    `${counted(pending, "operation")} of a run that was killed are pending. \`${commandName} up\` goes on with them.`,
  );
}
