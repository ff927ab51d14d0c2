import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "smol-toml";
import { type Relay, startRelay } from "../../support/relay.ts";
import type { Cluster } from "../cluster.ts";
import { registriesOf } from "../node/setting.ts";
import type { Registry } from "./registry.ts";

/**
 * Lets a cluster's real node pull images from a registry under the name that it has on this machine, `127.0.0.1:…`, which is
 * another place for the node: what it asks for there is asked for at this machine's address in the cluster's network.
 *
 * @returns What is to be closed before the cluster is taken down.
 */
export async function letNodePull(cluster: Cluster, { host, url }: Registry): Promise<Relay> {
  const port = Number(new URL(url).port);
  const relay = await startRelay({ address: cluster.hostAddress, port }, { address: "127.0.0.1", port });
  const folder = path.join(registriesOf(cluster), host);
  await mkdir(folder, { recursive: true });
  const mirror = { [`http://${cluster.hostAddress}:${port}`]: { capabilities: ["pull", "resolve"] } };
  await writeFile(path.join(folder, "hosts.toml"), stringify({ server: url, host: mirror }));
  return relay;
}
