import { resolveSource } from "../../../sources/index.ts";

// A process of its own that resolves one source: `resolve.ts <source as JSON> <options as JSON>`.
async function main(): Promise<void> {
  const [source = "", options = ""] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await resolveSource(JSON.parse(source), JSON.parse(options))));
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
