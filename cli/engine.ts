import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { LocalWorkspace, type PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { messageOf, UserError } from "../errors.ts";
import { backendVariables, forgetPrintedBackend, stateFolder } from "../stacks/backend.ts";
import { importFile } from "../stacks/import-file.ts";
import { onlyNamed } from "../stacks/only.ts";
import type { ProgramOptions } from "../stacks/program.ts";
import { loadRegistry } from "../stacks/registry.ts";
import { commandName } from "../tools/command-name.ts";
import { ensurePulumi } from "../tools/toolchain.ts";
import type { Context } from "./context.ts";
import { engineError } from "./errors.ts";
import { releaseDeadLocks } from "./locks.ts";
import { note } from "./terminal.ts";
import { inTurn } from "./turn.ts";

/** What the program is to do, and: */
export interface OpenOptions extends ProgramOptions {
  /** Whether a stack that does not exist yet is made; otherwise that is an error. */
  readonly create?: boolean;
}

/**
 * Opens the stack over Pulumi's Automation API: the same program, project and state that plain `pulumi up` uses. The
 * program runs in this process, which saves the start of another one and of its language host.
 *
 * @throws UserError when the stack does not exist and is not to be made
 * @throws EngineError when the engine refuses, such as for a backend that it cannot reach
 */
export async function openStack(context: Context, { create = false, ...options }: OpenOptions = {}): Promise<Stack> {
  // A wrong name is told before anything is made or changed.
  if (options.only) onlyNamed((await loadRegistry(context.root, context.stack)).algorithms, options.only);
  const toolchain = await ensurePulumi({ onProgress: note });
  const variables = { ...toolchain.environment, ...(await engineVariables(context.root)) };
  const workspace = await LocalWorkspace.create({
    workDir: context.root,
    pulumiCommand: toolchain.command,
    envVars: variables,
  });
  workspace.program = await programOf(workspace, context.root, {
    ...options,
    environment: { ...process.env, ...variables },
  });
  const open = () => (create ? Stack.createOrSelect(context.stack, workspace) : Stack.select(context.stack, workspace));
  const stack = await inTurn(open).catch(async (thrown) => {
    if (!/no stack named/.test(messageOf(thrown))) throw engineError(thrown);
    const names = (await workspace.listStacks()).map(({ name }) => `\`${name}\``);
    const others = names.length > 0 ? `Choose from ${names.join(", ")}, or make` : "Make";
    throw new UserError(
      `There is no stack \`${context.stack}\` yet. ${others} it with \`${commandName} up --stack ${context.stack}\`.`,
    );
  });
  // After each update the SDK starts the CLI three times more, for outputs and a summary that nobody here reads.
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  return stack;
}

/** The program that the project file names as `main`. */
async function programOf(workspace: LocalWorkspace, root: string, options: ProgramOptions): Promise<PulumiFn> {
  const { main = "index.ts" } = await workspace.projectSettings().catch((thrown) => {
    // The lines below the first show the place in pictures.
    throw new UserError(`\`Pulumi.yaml\` cannot be read: ${messageOf(thrown).split("\n")[0]}. Correct it.`);
  });
  if (!existsSync(path.resolve(root, main))) {
    throw new UserError(
      `There is no \`${main}\`, the \`main\` of \`Pulumi.yaml\`. Correct it there, or write that file.`,
    );
  }
  const { default: program } = await importFile(root, main);
  if (typeof program !== "function") {
    throw new UserError(
      `\`${main}\`, the \`main\` of Pulumi.yaml, exports no program. Write \`export default program\` there.`,
    );
  }
  return async () => program(options);
}

/**
 * What the engine needs of the environment, for `./conduit` and, printed by `./conduit env`, for plain `pulumi`.
 *
 * What is set already is kept. The state lies in the project's `.conduit/state` unless the project file or the environment
 * names another backend.
 */
export async function engineVariables(root: string): Promise<Record<string, string>> {
  const { env } = process;
  forgetPrintedBackend(env);
  const variables: Record<string, string> = {
    PULUMI_CONTINUE_ON_ERROR: env.PULUMI_CONTINUE_ON_ERROR ?? "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  if (env.PULUMI_BACKEND_URL === undefined && !(await hasBackend(root))) {
    const state = stateFolder(root);
    await mkdir(state, { recursive: true, mode: 0o700 });
    await releaseDeadLocks(state);
    Object.assign(variables, backendVariables(root));
  }
  return variables;
}

async function hasBackend(root: string): Promise<boolean> {
  const file = path.join(root, "Pulumi.yaml");
  return existsSync(file) && /^backend:/m.test(await readFile(file, "utf8"));
}
