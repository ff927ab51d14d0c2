import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";

/** A resource as the engine would be told of it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What else the engine would be told of it. */
export interface Deployed extends Registered {
  readonly urn: string;
  /** URN of its parent; undefined for a child of the stack. */
  readonly parent: string | undefined;
  /** URNs of what it comes after, by `dependsOn` or by its inputs. */
  readonly dependsOn: readonly string[];
  /** Whether a provider makes it; a component is told of only. */
  readonly custom: boolean;
  /** Whether it stays in the world when it leaves the stack. */
  readonly retained: boolean;
  /** Names of the outputs that a component registered; undefined when it registered none. */
  readonly outputs: readonly string[] | undefined;
}

/** Adds to a resource's inputs what its provider would answer. */
export type Answer = (type: string, inputs: Record<string, unknown>) => Record<string, unknown>;

const stackType = "pulumi:pulumi:Stack";
const sameAsInputs: Answer = (_type, inputs) => inputs;

/**
 * Runs a part of a program against Pulumi's mocks, in the stack `local` of the project `project`; answers every resource
 * in the order in which they were registered.
 *
 * @throws Error when the program calls a function of a provider, or registers one URN twice.
 */
export async function deploy(program: () => unknown, answer: Answer = sameAsInputs): Promise<Deployed[]> {
  const monitor = new RecordingMonitor(answer);
  await pulumi.runtime.setMocks(monitor.mocks, "project", "local", false);
  pulumi.runtime.setMockOptions(monitor, "project", "local", false);
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
    return {};
  });
  // Waits for what is still on its way to the monitor.
  await pulumi.runtime.disconnect();
  return monitor.deployed();
}

/** As {@link deploy}, of each resource only what most tests ask for. */
export async function registered(program: () => unknown, answer: Answer = sameAsInputs): Promise<Registered[]> {
  return (await deploy(program, answer)).map(({ type, name, inputs }) => ({ type, name, inputs }));
}

type Reply = (error: unknown, answer: unknown) => void;

/** Pulumi's own monitor of mocks, which keeps what it does not hand to them. */
class RecordingMonitor extends MockMonitor {
  private readonly requests: RegisterResourceRequest[] = [];
  private readonly inputs: Record<string, unknown>[] = [];
  private readonly outputs = new Map<string, readonly string[]>();
  private readonly urns: string[] = [];

  constructor(answer: Answer) {
    super({
      newResource: ({ type, name, inputs }) => {
        this.inputs.push(inputs);
        return { id: name, state: answer(type, inputs) };
      },
      call: ({ token }) => {
        throw new Error(`Nothing is to call ${token}.`);
      },
    });
  }

  override async registerResource(request: RegisterResourceRequest, reply: Reply): Promise<void> {
    this.requests.push(request);
    const index = this.urns.push("") - 1;
    await super.registerResource(request, (error: unknown, answer: { getUrn(): string } | undefined) => {
      const urn = answer?.getUrn() ?? "";
      if (urn !== "" && this.urns.includes(urn)) reply(new Error(`${urn} is registered twice.`), undefined);
      else reply(error, answer);
      this.urns[index] = urn;
    });
  }

  override registerResourceOutputs(request: RegisterResourceOutputsRequest, reply: Reply): void {
    this.outputs.set(request.getUrn(), Object.keys(request.getOutputs()?.toJavaScript() ?? {}));
    super.registerResourceOutputs(request, reply);
  }

  deployed(): Deployed[] {
    const stack = this.urns[this.requests.findIndex((request) => request.getType() === stackType)];
    const all = this.requests.map((request, index) => ({
      type: request.getType(),
      name: request.getName(),
      inputs: this.inputs[index] ?? {},
      urn: this.urns[index] ?? "",
      parent: request.getParent() === stack ? undefined : request.getParent(),
      dependsOn: request.getDependenciesList(),
      custom: request.getCustom(),
      retained: request.getRetainondelete() ?? false,
      outputs: this.outputs.get(this.urns[index] ?? ""),
    }));
    return all.filter(({ type }) => type !== stackType);
  }
}
