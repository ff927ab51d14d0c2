// The engine starts this plugin once or more in every run, and reading it as TypeScript takes over a second of one core. So
// it is bundled into one file of plain JavaScript, which is kept as long as nothing that goes into it changes.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../../..");
const sources = [here, path.join(here, "wait")].flatMap((folder) =>
  readdirSync(folder).map((name) => path.join(folder, name)),
);
const parts = [
  ...sources.filter((file) => file.endsWith(".ts")).sort(),
  path.join(root, "errors.ts"),
  path.join(root, "package-lock.json"),
];
const hash = createHash("sha256");
for (const file of parts) hash.update(file).update(readFileSync(file));
const bundle = path.join(root, "node_modules", ".cache", "kubernetes-plugin", `${hash.digest("hex").slice(0, 16)}.mjs`);

if (!existsSync(bundle)) {
  const { build } = await import("esbuild");
  const made = `${bundle}.${randomUUID()}`;
  mkdirSync(path.dirname(bundle), { recursive: true });
  // What CommonJS packages find in every module, a module of the other kind has to be given.
  const banner = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;
  const options = { bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error" };
  await build({ ...options, entryPoints: [path.join(here, "main.ts")], outfile: made, banner: { js: banner } });
  renameSync(made, bundle);
}
await import(pathToFileURL(bundle).href);
