import { copyFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { goEnvironment } from "../../tools/go-build.ts";
import { run } from "../../tools/run.ts";

/** Go modules that carry custom resource definitions, and which of their files are taken. None of them is compiled. */
export const definitionModules = [
  {
    module: "github.com/kedacore/keda/v2@v2.21.0",
    sum: "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
    folder: "config/crd/bases",
    files: [
      "keda.sh_scaledobjects.yaml",
      "keda.sh_triggerauthentications.yaml",
      "keda.sh_clustertriggerauthentications.yaml",
    ],
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    folder: "example/prometheus-operator-crd",
    files: [
      "monitoring.coreos.com_podmonitors.yaml",
      "monitoring.coreos.com_prometheusrules.yaml",
      "monitoring.coreos.com_servicemonitors.yaml",
    ],
  },
] as const;

const download = z.object({ Dir: z.string(), Sum: z.string() });

/**
 * Downloads the modules and copies their definitions into a new folder.
 *
 * @throws Error when a module is not the one that is pinned
 */
export async function copyForeignDefinitions(go: string, to: string): Promise<void> {
  await mkdir(to);
  for (const { module, sum, folder, files } of definitionModules) {
    const environment = { ...process.env, ...goEnvironment };
    const answer = await run(go, ["mod", "download", "-json", module], { cwd: tmpdir(), env: environment });
    const { Dir, Sum } = download.parse(JSON.parse(answer));
    if (Sum !== sum) throw new Error(`\`${module}\` has the checksum ${Sum}, but ${sum} is pinned.`);
    for (const name of files) await copyFile(path.join(Dir, folder, name), path.join(to, name));
  }
}
