import { UserError } from "../../errors.ts";
import { findExecutable } from "../../tools/executables.ts";

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
  /** Whether a program is there. */
  readonly has: (program: string) => boolean;
}

/** A program that has to be on a machine, by Debian's package that brings it. */
export interface NeededProgram {
  readonly program: string;
  readonly debian: string;
}

const needed: readonly NeededProgram[] = [
  { program: "ip", debian: "iproute2" },
  { program: "openssl", debian: "openssl" },
];

/**
 * Why no test cluster can run on a machine, each a full sentence; empty when it can.
 *
 * @param more Programs that are needed beside those of every cluster.
 */
export function missingForCluster({ platform, user, has }: Machine, more: readonly NeededProgram[] = []): string[] {
  if (platform !== "linux") return ["A cluster needs Linux's network namespaces. Run it on Linux."];
  return [
    ...(user === 0 ? [] : ["Only root may make network namespaces. Run it as root."]),
    ...[...needed, ...more].flatMap(({ program, debian }) =>
      has(program) ? [] : [`\`${program}\` is not there. Install it (Debian's package \`${debian}\`).`],
    ),
  ];
}

/**
 * Ends with a message where no test cluster can run.
 *
 * @param more Programs that are needed beside those of every cluster.
 * @throws UserError with all that is missing
 */
export function requireMachine(more: readonly NeededProgram[] = []): void {
  const has = (program: string) => systemProgram(program) !== undefined;
  const missing = missingForCluster({ platform: process.platform, user: process.getuid?.(), has }, more);
  if (missing.length > 0) throw new UserError("No test cluster of Kubernetes can run here.", missing);
}
