// Registers tsx by node's own resolution, so that it does not matter from where the engine starts the plugin.
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
