import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { includeAdvice } from "./include-advice.ts";
import { printable } from "./nearest.ts";
import { readWrittenText } from "./text-file.ts";

/** A requirements file with everything that it includes. */
export interface RequirementsFile {
  /** Relative to the algorithm's folder: the file itself, then those that it includes. */
  readonly files: readonly string[];
  /** Its lines with those that it includes in place of the `-r` and `-c`: no comments, no continuations, no empty lines. */
  readonly lines: readonly RequirementLine[];
}

/** One line of a requirements file. */
export interface RequirementLine {
  readonly text: string;
  /** What it does: `-r` files hold requirements, `-c` files and all that they include hold constraints. */
  readonly role: "requirement" | "constraint";
  /** The file that it stands in, relative to the algorithm's folder. */
  readonly file: string;
  /** The folder or file on this machine that it asks for, as written. */
  readonly localPath: string | undefined;
}

/** What may be read. */
export interface Bounds {
  /** The checkout's top. */
  readonly top: string;
  /** Whether the source has an `include` that can be made longer. */
  readonly hasInclude: boolean;
}

/**
 * Reads a requirements file and the files that it includes with `-r` and `-c`.
 *
 * @throws UserError when one of them is not there, or outside the bounds.
 */
export async function readRequirementsFile(
  directory: string,
  name: string,
  bounds?: Bounds,
): Promise<RequirementsFile> {
  const files: string[] = [];
  const lines: RequirementLine[] = [];
  const seen = new Set<string>();
  const read = async (file: string, includedBy: string, role: RequirementLine["role"]) => {
    if (seen.has(`${role} ${file}`)) return;
    seen.add(`${role} ${file}`);
    if (!files.includes(file)) files.push(file);
    const inTop = path.relative(bounds?.top ?? "/", path.resolve(directory, file));
    const text = inTop.startsWith("..") ? undefined : await readWrittenText(directory, file);
    if (text === undefined) {
      const advice = bounds === undefined ? "Correct the path." : includeAdvice(inTop, bounds.hasInclude);
      throw new UserError(
        `\`${includedBy}\` includes \`${printable(file)}\`, which is not in what is checked out. ${advice}`,
      );
    }
    for (const line of logicalLines(text)) {
      const [, option, included] = INCLUDE.exec(line) ?? [];
      if (option === undefined || included === undefined || isUrl(included)) {
        lines.push({ text: line, role, file, localPath: localPathOf(line) });
      } else {
        const next = path.isAbsolute(included) ? included : path.join(path.dirname(file), included);
        await read(next, file, /^--?c/.test(option) ? "constraint" : role);
      }
    }
  };
  await read(name, name, "requirement");
  return { files, lines };
}

const INCLUDE = /^(-r|-c|--requirement|--constraint)[ =]?\s*["']?([^"']+?)["']?$/;

/** The lines as pip reads them: continued ones joined, comments and blanks gone. */
export function logicalLines(text: string): string[] {
  return text
    .replace(/^\ufeff/, "")
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/(^|\s)#.*$/, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "");
}

/** The folder or file that a requirement stands for, if it is one on this machine. */
export function localPathOf(line: string): string | undefined {
  const { editable, name, place } = placeOf(line);
  if (place === undefined || isUrl(place)) return undefined;
  if (isFileUrl(place)) return placeOfFileUrl(place);
  const isPath = name !== undefined || editable || /^[.~/]|\/|\.(whl|zip|tar\.\w+|tgz)$/.test(place);
  return isPath ? place : undefined;
}

/** A requirement as it is installed for good: not editable, its local path absolute. Others stay as they are. */
export function installable(line: string, directory: string): string {
  const local = localPathOf(line);
  const { editable, place } = placeOf(line);
  if (place === undefined) return line;
  const settled = editable ? line.replace(EDITABLE, "$1") : line;
  return local === undefined ? settled : settled.replace(place, () => path.resolve(directory, local));
}

const EDITABLE = /^(?:-e|--editable)[ =]?\s*(.+)$/;

/** The parts of `-e name[extra] @ place[extra] ; marker --option`. Options of their own have no place. */
function placeOf(line: string): { editable: boolean; name: string | undefined; place: string | undefined } {
  const editable = EDITABLE.exec(line)?.[1];
  if (editable === undefined && line.startsWith("-")) return { editable: false, name: undefined, place: undefined };
  const whole = (editable ?? line)
    .replace(/\s+--\w.*$/, "")
    .replace(/\s*;.*$/, "")
    .replace(/^["']|["']$/g, "");
  const [, name, direct] = /^([\w.-]+)\s*(?:\[[^\]]*\])?\s*@\s*(.+)$/.exec(whole) ?? [];
  const place = (direct ?? whole).replace(/#.*$/, "").replace(/\[[^\]]*\]$/, "");
  return { editable: editable !== undefined, name, place };
}

/** Whether a URL is of this machine: `file:…`, or a repository on it, `git+file:…`. */
export function isFileUrl(text: string): boolean {
  return /^(git\+)?file:/i.test(text);
}

/** The file or folder that a URL of this machine names; as written, where that is relative or names none. */
export function placeOfFileUrl(url: string): string {
  const bare = url.replace(/[?#].*$/, "").replace(/^git\+/i, "");
  try {
    if (/^file:\/\/\//i.test(bare)) return fileURLToPath(bare);
    return decodeURIComponent(bare.replace(/^file:(\/\/)?/i, "").replace(/^\$\{PROJECT_ROOT\}\/?/, "./"));
  } catch {
    return url; // Escapes that stand for nothing, or for a slash.
  }
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:(\/\/|[\w.-]+@)/i.test(text) && !isFileUrl(text);
}
