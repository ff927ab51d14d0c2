import { UserError } from "../errors.ts";
import { printable } from "./nearest.ts";

/** A requirement as somebody wrote it. */
export interface WrittenRequirement {
  readonly text: string;
  /** The file that it stands in. */
  readonly file: string;
}

const COMPARED = /^(~=|===?|!=|<=?|>=?|[@(;]|--hash)/;

/**
 * That requirements are none that only look like some, such as conda's `numpy=1.26`: tools would answer with a screen of
 * their own about a file that nobody wrote. What is not a name with versions (options, paths, URLs) is left to them.
 *
 * @throws UserError naming each.
 */
export function assertRequirements(requirements: readonly WrittenRequirement[]): void {
  const problems = requirements.flatMap(({ text, file }) => {
    const [, name, rest = ""] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(.*)$/.exec(text) ?? [];
    if (name === undefined || rest === "" || COMPARED.test(rest) || /:\/\/|[/\\$+]/.test(text)) return [];
    const advice = /^=\s*\w/.test(rest)
      ? `\`${name}${printable(rest.replace(/^=\s*/, "=="))}\``
      : "a name with versions, such as `numpy>=1.26`";
    return [`\`${file}\` asks for \`${printable(text)}\`. Write ${advice}.`];
  });
  if (problems.length > 0) throw new UserError("Requirements cannot be read.", problems);
}
