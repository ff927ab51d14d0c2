import { once } from "node:events";
import { Client, Connection } from "@temporalio/client";
import { connectSchema } from "../../../cli/json/others.ts";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import type { KubernetesProject } from "./kubernetes-project.ts";

/** A way to a stack's Temporal from this machine. */
export interface OpenTemporal {
  /** `host:port`. */
  readonly address: string;
  /** Of the namespace `speech`. */
  readonly client: Client;
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
  const end = async () => {
    child.kill("SIGINT");
    await ended;
  };
  try {
    await eventually(isOpen, { seconds: 120 });
    const { variables } = connectSchema.parse(JSON.parse(printed));
    const address = variables.TEMPORAL_ADDRESS ?? "";
    const connection = await Connection.connect({ address });
    const close = async () => {
      await connection.close();
      await end();
    };
    return { address, client: new Client({ connection, namespace: "speech" }), close };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}
