import path from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../errors.ts";
import { commandName } from "../tools/command-name.ts";

/** The folder of a project's own state: where it lies unless the project file or the environment names another backend. */
export function stateFolder(root: string): string {
  return path.join(root, ".conduit", "state");
}

/** What Pulumi is told of a project's own state. No secret is ever put into it, so its passphrase is empty. */
export function backendVariables(root: string) {
  const url = pathToFileURL(stateFolder(root)).href;
  // The last one says whose the first is: a shell keeps what `conduit env` printed when it changes to another project.
  return { PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "", CONDUIT_BACKEND_URL: url };
}

/** Takes what `conduit env` printed, for this project or another, out of an environment: it is nobody's choice of a backend. */
export function forgetPrintedBackend(environment: NodeJS.ProcessEnv): void {
  if (!isPrinted(environment)) return;
  for (const name of Object.keys(backendVariables("/"))) delete environment[name];
}

/**
 * For plain `pulumi`, which takes whatever backend the shell has.
 *
 * @throws UserError when it is what `conduit env` printed for another project.
 */
export function refusePrintedBackendOfOthers(root: string, environment: NodeJS.ProcessEnv): void {
  const { PULUMI_BACKEND_URL: url } = backendVariables(root);
  if (!isPrinted(environment) || environment.PULUMI_BACKEND_URL === url) return;
  throw new UserError(
    `\`PULUMI_BACKEND_URL\` is "${environment.PULUMI_BACKEND_URL}", which \`${commandName} env\` printed for another project. ` +
      `Run \`unset ${Object.keys(backendVariables(root)).join(" ")}; eval "$(${commandName} env)"\` in this one.`,
  );
}

function isPrinted({ PULUMI_BACKEND_URL, CONDUIT_BACKEND_URL }: NodeJS.ProcessEnv): boolean {
  return PULUMI_BACKEND_URL !== undefined && PULUMI_BACKEND_URL === CONDUIT_BACKEND_URL;
}
