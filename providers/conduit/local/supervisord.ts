import { codeOf } from "../../../errors.ts";
import { eventually } from "./wait.ts";
import { XmlRpcFault, type XmlRpcValue, xmlRpc } from "./xml-rpc.ts";

/** A process as supervisord sees it; states as in http://supervisord.org/subprocess.html#process-states. */
export interface SupervisedProcess {
  readonly name: string;
  readonly state: "STOPPED" | "STARTING" | "RUNNING" | "BACKOFF" | "STOPPING" | "EXITED" | "FATAL" | "UNKNOWN";
  /** 0 when it does not run. */
  readonly pid: number;
  /** Whether it was ever started: one that was just added reads STOPPED for a moment. */
  readonly wasStarted: boolean;
}

/** The calls to a running supervisord that the local platform makes; one program group for each process. */
export class Supervisord {
  readonly socket: string;

  constructor(socket: string) {
    this.socket = socket;
  }

  /** The pid of supervisord itself, or undefined when nothing listens on the socket. One that hangs is an error. */
  async pid(): Promise<number | undefined> {
    try {
      return Number(await this.call("supervisor.getPID"));
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
      throw thrown;
    }
  }

  async processes(): Promise<SupervisedProcess[]> {
    const answer = await this.call("supervisor.getAllProcessInfo");
    return Array.isArray(answer) ? answer.map(processOf) : [];
  }

  async process(name: string): Promise<SupervisedProcess | undefined> {
    const info = await this.call("supervisor.getProcessInfo", name).catch(unless(badName));
    return info === undefined ? undefined : processOf(info);
  }

  /** The processes of an algorithm: `transcribe.1a2b3c4d` is one of `transcribe`. */
  async processesOf(algorithm: string): Promise<SupervisedProcess[]> {
    return (await this.processes()).filter(({ name }) => algorithmOf(name) === algorithm);
  }

  /** Whether the process is not there, or not any more. */
  async isGone(name: string): Promise<boolean> {
    const process = await this.process(name);
    return process === undefined || hasEnded(process);
  }

  /** Reads the program files again, then adds the one of this name, which starts unless its file says otherwise. */
  async add(name: string): Promise<void> {
    await this.call("supervisor.reloadConfig");
    await this.call("supervisor.addProcessGroup", name);
  }

  /** Starts a process that was stopped, and returns at once. */
  async start(name: string): Promise<void> {
    await this.call("supervisor.startProcess", name, false);
  }

  /** Sends SIGTERM and returns at once; supervisord kills what outlives its `stopwaitsecs`. One that was stopped stays so. */
  async stop(name: string): Promise<void> {
    const isTold = async () => {
      if ((await this.call("supervisor.stopProcess", name, false).catch(unless(notRunning))) !== undefined) return true;
      // One that ended by itself a moment ago is about to be started again, and only then can be stopped.
      return (await this.process(name))?.state !== "EXITED";
    };
    await eventually(isTold, { seconds: 10 });
  }

  /** Forgets a process that has ended; another run may have been first. */
  async remove(name: string): Promise<void> {
    await this.call("supervisor.removeProcessGroup", name).catch(unless(badName));
  }

  async shutdown(): Promise<void> {
    await this.call("supervisor.shutdown");
  }

  private call(method: string, ...parameters: XmlRpcValue[]): Promise<XmlRpcValue> {
    return xmlRpc(this.socket, method, parameters);
  }
}

/** supervisord's faults for a process that it does not have, and for one that does not run. */
const badName = 10;
const notRunning = 70;

/** What a call that met this fault answers. */
function unless(fault: number): (thrown: unknown) => undefined {
  return (thrown) => {
    if (!(thrown instanceof XmlRpcFault) || thrown.code !== fault) throw thrown;
  };
}

/** The algorithm of a process: `transcribe` of `transcribe.1a2b3c4d`. */
export function algorithmOf(program: string): string {
  return program.split(".")[0] ?? "";
}

/**
 * Whether the process runs or is on its way to: it will serve unless it is told to stop. One that ended by itself is
 * started again at once (`autorestart`).
 */
export function isUp({ state }: SupervisedProcess): boolean {
  return state === "STARTING" || state === "RUNNING" || state === "BACKOFF" || state === "EXITED";
}

/** Whether the process is not there, and stays so: it was stopped, or given up. */
export function hasEnded({ state, wasStarted }: SupervisedProcess): boolean {
  return (state === "STOPPED" && wasStarted) || state === "FATAL";
}

const states: readonly SupervisedProcess["state"][] = [
  "STOPPED",
  "STARTING",
  "RUNNING",
  "BACKOFF",
  "STOPPING",
  "EXITED",
  "FATAL",
];

function processOf(value: XmlRpcValue): SupervisedProcess {
  const info = typeof value === "object" && !Array.isArray(value) ? value : {};
  return {
    name: String(info.name),
    state: states.find((state) => state === info.statename) ?? "UNKNOWN",
    pid: Number(info.pid),
    wasStarted: Number(info.start) > 0,
  };
}
