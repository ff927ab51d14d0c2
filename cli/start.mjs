// Where `conduit` enters: lets Node read TypeScript, found from here and not from the working directory, and runs the CLI.
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
