// Where `conduit` enters: lets Node read TypeScript, found from here and not from the working directory, and runs the CLI.
import { register } from "tsx/esm/api";

// What the libraries in use are to give up some day is nothing that people who deploy can mend.
process.noDeprecation = true;
register();
await import("./main.ts");
