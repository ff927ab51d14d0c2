import { stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "../errors.ts";

/**
 * Imports one of the project's own TypeScript files, anew when it has changed: Node keeps a module by its address. (What the
 * file itself imports is kept.)
 *
 * @param name Relative to the project's folder.
 * @throws UserError with every place where it does not compile, or the place and the reason where it throws.
 */
export async function importFile(projectDirectory: string, name: string): Promise<Record<string, unknown>> {
  const file = path.resolve(projectDirectory, name);
  try {
    const { mtimeMs } = await stat(file);
    return await importWithoutExit(`${pathToFileURL(file).href}?${mtimeMs}`);
  } catch (thrown) {
    throw new UserError(`\`${name}\` cannot be loaded. Correct it.`, importProblems(thrown, projectDirectory));
  }
}

/** A file that ends the process would end the command without a word. */
async function importWithoutExit(address: string): Promise<Record<string, unknown>> {
  const { exit } = process;
  process.exit = (code) => {
    throw new Error(`It ends the process: \`process.exit(${code ?? ""})\`.`);
  };
  try {
    return await import(address);
  } finally {
    process.exit = exit;
  }
}

/** What keeps a file from being loaded, each with file, line and column. */
function importProblems(thrown: unknown, projectDirectory: string): string[] {
  const inProject = (text: string) =>
    text
      .replace(/\?[\d.]+(?=\W|$)/g, "")
      .replaceAll(`file://${projectDirectory}/`, "")
      .replaceAll(`${projectDirectory}/`, "");
  const message = inProject(messageOf(thrown)).trim();
  const errors = [...message.matchAll(/^(.+:\d+:\d+): ERROR: (.*)$/gm)];
  if (errors.length > 0) return errors.map(([, place, text]) => `\`${place}\`: ${sentence(text ?? "")}`);
  const place = thrown instanceof Error ? placeIn(inProject(thrown.stack ?? "")) : undefined;
  const name = thrown instanceof Error && thrown.name !== "Error" ? `${thrown.name}: ` : "";
  return [`${place ? `\`${place}\`: ` : ""}${name}${sentence(message)}`];
}

/** The innermost line of the project's own in a stack whose paths start at the project. */
function placeIn(stack: string): string | undefined {
  return /^ +at (?:.* \()?(?!node:|file:|\/|node_modules\/)([^()\s]+:\d+:\d+)\)?$/m.exec(stack)?.[1];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
