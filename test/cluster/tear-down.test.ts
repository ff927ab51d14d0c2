import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../../tools/run.ts";
import { makeFolder } from "../support/folders.ts";
import { machineProcesses } from "../support/process-tree.ts";
import { stopAbandonedClusters } from "./abandoned.ts";
import { stopCluster } from "./cluster.ts";
import { killProcess, runs, startProcess } from "./processes.ts";
import { readRecord, writeRecord } from "./record.ts";
import { startCluster } from "./start-cluster.ts";

const tsx = path.resolve("node_modules/.bin/tsx");

test("two clusters run side by side, and each takes down its own", async () => {
  const [one, two] = await Promise.all([startCluster({ crds: false }), startCluster({ crds: false })]);
  onTestFinished(async () => {
    await Promise.all([one.stop(), two.stop()]);
  });
  expect(one.address).not.toBe(two.address);
  const [first, second] = await Promise.all([readRecord(one.folder), readRecord(two.folder)]);
  await one.stop();
  expect(await leftOf(one.folder, first?.network.namespace)).toEqual([]);
  expect((await leftOf(two.folder, second?.network.namespace)).length).toBeGreaterThan(5);
  await two.stop();
  await two.stop();
  expect(await leftOf(two.folder, second?.network.namespace)).toEqual([]);
});

test("a cluster is taken down for a process that ended without doing so, and for no other", async () => {
  const cluster = await startCluster({ crds: false });
  onTestFinished(() => cluster.stop());
  const record = await readRecord(cluster.folder);
  if (record?.owner === undefined) throw new Error("A cluster without a folder of its own has an owner.");
  await stopAbandonedClusters();
  expect((await leftOf(cluster.folder, record.network.namespace)).length).toBeGreaterThan(5);
  await writeRecord(cluster.folder, { ...record, owner: { ...record.owner, started: "1" } });
  await stopAbandonedClusters();
  expect(await leftOf(cluster.folder, record.network.namespace)).toEqual([]);
});

test("the commands start one, find it running, say when it is half dead, and take it down once", async () => {
  const folder = await makeFolder();
  onTestFinished(() => stopCluster(folder));
  expect(await command("up.ts", folder)).toMatch(
    /^Started in [\d.]+ s: https:\/\/198\.18\.\d+\.2:6443\..*\nexport KUBECONFIG=.*\/kubeconfig\n$/,
  );
  expect(await command("up.ts", folder)).toMatch(/^Was already up: /);
  const scheduler = (await readRecord(folder))?.processes["kube-scheduler"];
  if (scheduler === undefined) throw new Error("A cluster has a scheduler.");
  await killProcess(scheduler);
  await expect(command("up.ts", folder)).rejects.toThrow(
    /is not whole\. Take it down with `npm run cluster:down`.*\n- `kube-scheduler` does not run; its log is `.*\/kube-scheduler\.log`\./,
  );
  expect(await command("down.ts", folder)).toBe(`Took down the cluster in \`${folder}\`.\n`);
  expect(existsSync(folder)).toBe(false);
  expect(await command("down.ts", folder)).toBe(`No cluster is up in \`${folder}\`.\n`);
});

test("a process that has the id of one that has ended is left alone", async () => {
  const folder = await makeFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stranger = await startProcess(["sleep", "600"], folder, path.join(folder, "log"));
  onTestFinished(() => killProcess(stranger));
  const network = { namespace: "conduit-cluster-none", device: "", hostAddress: "", address: "" };
  const processes = { etcd: { ...stranger, started: `${stranger.started}1` } };
  await writeRecord(folder, { network, complete: true, commands: {}, processes });
  await stopCluster(folder);
  expect(await runs(stranger)).toBe(true);
});

/** What is there of a cluster: its processes, its namespace, its folder. */
async function leftOf(folder: string, namespace: string | undefined): Promise<string[]> {
  if (namespace === undefined) throw new Error("A cluster has a network.");
  const processes = machineProcesses().filter(({ command }) => command.includes(folder));
  const namespaces = (await run("ip", ["netns", "list"])).split("\n").filter((line) => line.startsWith(namespace));
  return [...processes.map(({ command }) => command), ...namespaces, ...(existsSync(folder) ? [folder] : [])];
}

function command(script: string, folder: string): Promise<string> {
  return run(tsx, [path.join(import.meta.dirname, script), "--folder", folder]);
}
