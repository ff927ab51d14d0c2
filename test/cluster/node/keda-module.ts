import { copyFile, cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { goEnvironment } from "../../../tools/go-build.ts";
import { run } from "../../../tools/run.ts";
import { goModuleFolder } from "../go-modules.ts";

export const kedaModule = "github.com/kedacore/keda/v2";

/** The triggers that stacks have. KEDA is built without its others: the clients of all that they ask are half of its code. */
export const kedaTriggers = ["metrics-api", "temporal"];

const scalers = "pkg/scalers";
const builder = "pkg/scaling/scalers_builder.go";

/** What one of the scalers that are left out has for all. */
const shared = 'package scalers\n\nconst externalMetricType = "External"\n';

/**
 * Makes a Go module that builds KEDA with those triggers only: Go takes KEDA from a folder in it.
 *
 * @param folder An empty one.
 * @param sources KEDA's own.
 */
export async function makeKedaModule(folder: string, sources: string, go: string): Promise<void> {
  const own = path.join(folder, "keda");
  await cp(sources, own, { recursive: true, filter: (file) => isTaken(path.relative(sources, file)) });
  await writeFile(path.join(own, scalers, "shared.go"), shared);
  await writeFile(path.join(own, builder), withTriggers(await readFile(path.join(sources, builder), "utf8")));
  for (const name of ["go.mod", "go.sum"])
    await copyFile(path.join(goModuleFolder("keda"), name), path.join(folder, name));
  const env = { ...process.env, ...goEnvironment };
  await run(go, ["mod", "edit", `-replace=${kedaModule}=./keda`], { cwd: folder, env });
}

function isTaken(file: string): boolean {
  const isScaler = path.dirname(file) === scalers && file.endsWith("_scaler.go");
  const names = kedaTriggers.map((trigger) => `${trigger.replaceAll("-", "_")}_scaler.go`);
  return file !== builder && (!isScaler || names.includes(path.basename(file)));
}

/** KEDA's file that makes scalers, with no more cases in its `switch` than those of the triggers that stacks have. */
export function withTriggers(text: string): string {
  const cases = /\tcase "([^"]+)":\n\t\treturn .*\n/g;
  return text.replaceAll(cases, (found, trigger) => (kedaTriggers.includes(trigger) ? found : ""));
}
