import { setup } from "./prepare.ts";

// Builds all that the tests on Kubernetes need and this machine does not have yet.

await setup();
