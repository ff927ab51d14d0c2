import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package: a clone, or where it is installed. */
export const packageFolder = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** The version of this package, such as `0.1.0`. */
export const packageVersion: string = JSON.parse(
  readFileSync(path.join(packageFolder, "package.json"), "utf8"),
).version;
