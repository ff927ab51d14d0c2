// Registers tsx by node's own resolution, which works in a clone and in an installed package alike.
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
