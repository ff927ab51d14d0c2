import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would be told of it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Runs a part of a program against Pulumi's mocks; answers every resource that it registered. */
export async function registered(
  program: () => unknown,
  outputs: (type: string, inputs: Record<string, unknown>) => Record<string, unknown> = (_type, inputs) => inputs,
): Promise<Registered[]> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        return { id: name, state: outputs(type, inputs) };
      },
      call: ({ token }) => {
        throw new Error(`Nothing is to call ${token}.`);
      },
    },
    "project",
    "local",
    false,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
    return {};
  });
  // Waits for what is still on its way to the monitor.
  await pulumi.runtime.disconnect();
  return resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}
