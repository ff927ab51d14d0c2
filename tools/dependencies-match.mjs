// dependencies-match.mjs ROOT: exits with 0 when ROOT/node_modules holds what ROOT/package-lock.json pins, as npm noted at
// the end of its last installation. Runs before anything is installed, hence without TypeScript.
import { readFileSync } from "node:fs";
import path from "node:path";

const root = process.argv[2] ?? ".";
const wanted = packages(path.join(root, "package-lock.json"));
const present = packages(path.join(root, "node_modules", ".package-lock.json"));
const isSame = ([folder, entry]) =>
  present[folder]?.version === entry.version && present[folder]?.integrity === entry.integrity;
const mayMiss = ([folder, entry]) => folder === "" || ((entry.dev || entry.optional) && !(folder in present));
process.exitCode = Object.entries(wanted).every((one) => mayMiss(one) || isSame(one)) ? 0 : 1;

function packages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}
