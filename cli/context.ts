import { projectRoot } from "../stacks/project.ts";

/** What every verb knows of its call. */
export interface Context {
  /** The folder that holds the registry. */
  readonly root: string;
  readonly stack: string;
  /** Print JSON on standard output instead of text. */
  readonly json: boolean;
}

/** The stack when none is named: the embedded default. */
export const defaultStack = "local";

/** The options that every verb has; commander hands them over unchecked. */
export interface GlobalOptions {
  readonly stack?: string;
  readonly json?: boolean;
}

export function contextOf(options: GlobalOptions): Context {
  return { root: projectRoot(), stack: options.stack ?? defaultStack, json: options.json ?? false };
}
