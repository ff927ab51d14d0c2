import { buildEnvironment } from "../../../providers/conduit/local/environment.ts";
import { readDependencies } from "../../../sources/dependencies.ts";

// A process of its own that builds one environment: `build-environment.ts <request as JSON>`.
async function main(): Promise<void> {
  const request = JSON.parse(process.argv[2] ?? "");
  const dependencies = await readDependencies(request.directory);
  await buildEnvironment({ ...request, dependencies, onProgress: () => undefined });
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
