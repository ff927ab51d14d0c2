import { homedir } from "node:os";
import path from "node:path";

/**
 * The user's cache of Algorithm Conduit: mirrors, checkouts, environments and tools, all content-addressed, so that it may
 * be deleted whenever nothing runs.
 *
 * @default `$CONDUIT_CACHE`, else `$XDG_CACHE_HOME/algorithm-conduit`, else `~/.cache/algorithm-conduit`
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.CONDUIT_CACHE) return path.resolve(environment.CONDUIT_CACHE);
  return path.join(environment.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "algorithm-conduit");
}
