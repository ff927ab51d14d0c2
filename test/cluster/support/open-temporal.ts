import { once } from "node:events";
import { connectSchema } from "../../../cli/json/others.ts";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import type { KubernetesProject } from "./kubernetes-project.ts";

/** A way to a stack's Temporal from this machine. */
export interface OpenTemporal {
  /** `host:port`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Opens the way to a stack's Temporal as people do, with `./conduit connect`. */
export async function openTemporal(project: KubernetesProject, stack: string): Promise<OpenTemporal> {
  const { child, told } = project.start("connect", "--json", "--stack", stack);
  let printed = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk;
  });
  const ended = once(child, "exit");
  const isOpen = async () => {
    if (child.exitCode !== null) throw new Error(`\`./conduit connect\` has ended:\n${told()}`);
    return printed.endsWith("}\n");
  };
  const close = async () => {
    child.kill("SIGINT");
    await ended;
  };
  try {
    await eventually(isOpen, { seconds: 120 });
    const { variables } = connectSchema.parse(JSON.parse(printed));
    return { address: variables.TEMPORAL_ADDRESS ?? "", close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
