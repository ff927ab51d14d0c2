import { execFileSync } from "node:child_process";
import { UserError } from "../../errors.ts";
import { findExecutable } from "../../tools/executables.ts";
import { hasDebianPackages, installDebianPackages } from "../support/debian-package.ts";

const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The path of a program that only root uses, which some PATHs leave out. */
export function systemProgram(name: string): string | undefined {
  return findExecutable(name) ?? findExecutable(name, systemFolders.join(":"));
}

/** The PATH with the folders of such programs behind it. */
export function systemPath(): string {
  return [process.env.PATH, ...systemFolders].filter(Boolean).join(":");
}

/** What of a machine a cluster needs; each a sentence that ends a list. */
export interface Machine {
  readonly platform: string;
  /** The user's number; undefined where there are none. */
  readonly user: number | undefined;
  /** Whether a program or a library is there. */
  readonly has: (name: string) => boolean;
}

/** A program, or a library by its file's name, that has to be on a machine, by Debian's package that brings it. */
export interface Needed {
  readonly name: string;
  readonly debian: string;
}

const needed: readonly Needed[] = [
  { name: "ip", debian: "iproute2" },
  { name: "openssl", debian: "openssl" },
];

/**
 * Why no test cluster can run on a machine, each a full sentence; empty when it can.
 *
 * @param more What is needed beside what every cluster needs.
 */
export function missingForCluster({ platform, user, has }: Machine, more: readonly Needed[] = []): string[] {
  if (platform !== "linux") return ["A cluster needs Linux's network namespaces. Run it on Linux."];
  return [
    ...(user === 0 ? [] : ["Only root may make network namespaces. Run it as root."]),
    ...[...needed, ...more].flatMap(({ name, debian }) =>
      has(name) ? [] : [`\`${name}\` is not there. Install it (Debian's package \`${debian}\`).`],
    ),
  ];
}

/**
 * Ends with a message where no test cluster can run.
 *
 * @param more What is needed beside what every cluster needs.
 * @throws UserError with all that is missing
 */
export function requireMachine(more: readonly Needed[] = []): void {
  const missing = missingForCluster({ platform: process.platform, user: process.getuid?.(), has }, more);
  if (missing.length > 0) throw new UserError("No test cluster of Kubernetes can run here.", missing);
}

/** Installs what of that is missing, on a Debian whose root one is. */
export async function installMissing(more: readonly Needed[] = []): Promise<void> {
  const missing = [...needed, ...more].filter(({ name }) => !has(name)).map(({ debian }) => debian);
  if (missing.length > 0 && hasDebianPackages && process.getuid?.() === 0) await installDebianPackages(...missing);
}

function has(name: string): boolean {
  return name.includes(".so.") ? hasLibrary(name) : systemProgram(name) !== undefined;
}

/** Whether programs find a library; a system whose own list of them cannot be had may have it. */
function hasLibrary(name: string): boolean {
  const list = systemProgram("ldconfig");
  return list === undefined || execFileSync(list, ["-p"], { encoding: "utf8" }).includes(`${name} `);
}
