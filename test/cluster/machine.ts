import { UserError } from "../../errors.ts";
import { findExecutable } from "../../tools/executables.ts";

const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The path of a program that only root uses, which some PATHs leave out. */
export function systemProgram(name: string): string | undefined {
  return findExecutable(name) ?? findExecutable(name, systemFolders.join(":"));
}

/** What of a machine a cluster needs; each a sentence that ends a list. */
export interface Machine {
  readonly platform: string;
  /** The user's number; undefined where there are none. */
  readonly user: number | undefined;
  /** Whether a program is there. */
  readonly has: (program: string) => boolean;
}

/** Why no test cluster can run on a machine, each a full sentence; empty when it can. */
export function missingForCluster({ platform, user, has }: Machine): string[] {
  if (platform !== "linux") return ["A cluster needs Linux's network namespaces. Run it on Linux."];
  return [
    ...(user === 0 ? [] : ["Only root may make network namespaces. Run it as root."]),
    ...(has("ip") ? [] : ["`ip` is not there. Install it (Debian's package `iproute2`)."]),
    ...(has("openssl") ? [] : ["`openssl` is not there. Install it (Debian's package `openssl`)."]),
  ];
}

/**
 * Ends with a message where no test cluster can run.
 *
 * @throws UserError with all that is missing
 */
export function requireMachine(): void {
  const has = (program: string) => systemProgram(program) !== undefined;
  const missing = missingForCluster({ platform: process.platform, user: process.getuid?.(), has });
  if (missing.length > 0) throw new UserError("No test cluster of Kubernetes can run here.", missing);
}
