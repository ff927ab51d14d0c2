import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { volumesOf } from "../control-plane.ts";
import { systemPath } from "../machine.ts";
import { killIfThere, killProcess, runs, type StartedProcess } from "../processes.ts";
import { type NodeSetting, nodeFile } from "./setting.ts";

/**
 * What the kubelet wants of the system. It would set them for the whole machine, so that it is shown files instead that hold
 * them already.
 */
const kernelSettings = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/**
 * What the first process of a node does: whatever is mounted or written below `/run`, `/var/lib` and `/var/log` stays the
 * node's own. Then it waits for children of others that have ended, as the first process of a system must, and hands volumes to
 * those who claim them: they are made for root alone, where those of a real class would be given to a pod's group.
 */
const script = `set -e
mount --make-rshared /
for name in lib log; do
  mount -t overlay -o "lowerdir=/var/$name,upperdir=$1/var-$name/upper,workdir=$1/var-$name/work" overlay "/var/$name"
done
mount -t tmpfs tmpfs /run
mkdir -p /tmp/hostpath_pv
mount --bind "$2" /tmp/hostpath_pv
(cd "$1/sysctl" && find . -type f) | while read -r name; do
  [ ! -e "/proc/sys/$name" ] || mount --bind "$1/sysctl/$name" "/proc/sys/$name"
done
touch "$1/ready"
while :; do
  chmod 777 "$2"/* 2>/dev/null || :
  sleep 0.2 & wait $! || :
done
`;

/** Makes the folders and files that the first process of a node mounts. */
export async function makeSpace(setting: NodeSetting): Promise<void> {
  for (const name of ["var-lib/upper", "var-lib/work", "var-log/upper", "var-log/work"]) {
    await mkdir(nodeFile(setting, name), { recursive: true });
  }
  await mkdir(volumesOf(setting), { recursive: true });
  for (const [name, value] of Object.entries(kernelSettings)) {
    const file = nodeFile(setting, path.join("sysctl", name));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${value}\n`);
  }
}

/** The command of a node's first process: what runs beside it in its namespaces ends with it, whatever else befalls. */
export function spaceCommand(setting: NodeSetting): string[] {
  const alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  // `ip netns exec` would do, but for the control groups: it hides those of `/sys`.
  const network = `--net=/run/netns/${setting.network.namespace}`;
  return ["nsenter", network, ...alone, "sh", "-c", script, "sh", nodeFile(setting, "."), volumesOf(setting)];
}

/** Whether a node's first process has made all mounts. */
export function isSpaceReady(setting: NodeSetting): boolean {
  return existsSync(nodeFile(setting, "ready"));
}

/**
 * The whole command that starts a process in a node's namespaces. Whoever kills what was started kills the process in there too.
 *
 * @param first The node's first process.
 * @param programs Folders in which programs are looked for before the system's.
 */
export function inSpace(first: StartedProcess, command: readonly string[], programs: readonly string[] = []): string[] {
  const namespaces = `/proc/${first.pid}/ns`;
  const flags = [`--net=${namespaces}/net`, `--mount=${namespaces}/mnt`, `--pid=${namespaces}/pid_for_children`];
  const searchPath = [...programs, systemPath()].join(path.delimiter);
  return ["nsenter", ...flags, "setpriv", "--pdeathsig=KILL", "env", `PATH=${searchPath}`, ...command];
}

/** Ends a node's first process and waits until all others of its namespaces have ended, which the system sees to. */
export async function killSpace(first: StartedProcess): Promise<void> {
  if (!(await runs(first))) return;
  // The recorded one waits outside for the one that is the first inside, and that one ends last.
  const children = await readFile(`/proc/${first.pid}/task/${first.pid}/children`, "utf8").catch(() => "");
  for (const inside of children.split(" ").filter(Boolean)) killIfThere(Number(inside));
  await eventually(async () => !(await runs(first)), { seconds: 30 });
  await killProcess(first);
}
