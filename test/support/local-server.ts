import { rm } from "node:fs/promises";
import type { Properties } from "../../providers/conduit/handler.ts";
import { supervisorHandler } from "../../providers/conduit/local/supervisor.ts";
import { temporalServerHandler } from "../../providers/conduit/local/temporal-server.ts";
import { makeFolder } from "./folders.ts";
import { freePorts } from "./ports.ts";

/** A supervisor with Temporal's dev server, as the local platform runs them. */
export interface LocalServer {
  readonly supervisor: Properties;
  readonly server: Properties;
  readonly address: string;
  readonly takeDown: () => Promise<void>;
}

export async function startLocalServer(): Promise<LocalServer> {
  const home = await makeFolder();
  const [port = 0, uiPort = 0] = await freePorts(2);
  const supervisor = await supervisorHandler.create({ home });
  const server = await temporalServerHandler.create({ ...supervisor, port, uiPort });
  const takeDown = async () => {
    await supervisorHandler.delete(supervisor);
    await rm(home, { recursive: true, force: true });
  };
  return { supervisor, server, address: String(server.address), takeDown };
}
