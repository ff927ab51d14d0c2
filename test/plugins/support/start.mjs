// Registers tsx by node's own resolution, then becomes the plugin whose folder is named first.
import { register } from "tsx/esm/api";

register();
const [plugin, ...engine] = process.argv.slice(2);
process.argv = [...process.argv.slice(0, 2), ...engine];
await import(new URL(`../${plugin}/main.ts`, import.meta.url));
