import { readFile } from "node:fs/promises";
import path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { messageOf } from "../../../errors.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { testStack } from "./stack.ts";

/** Declares resources with the provider of the test's cluster; an object that it answers is the stack's outputs. */
export type Declare = (options: { provider: k8s.Provider }) => unknown;

/** A stack of the real engine whose program is given anew for every run. */
export interface KubernetesStack {
  /** The stack with a program, for whatever the engine can do with it. */
  readonly with: (declare: Declare) => Stack;
  /** The state file as it lies on the disk. */
  readonly stateFile: () => Promise<string>;
}

/** @param settings Of the program's provider, beside the kubeconfig. */
export async function kubernetesStack(kubeconfig: string, settings: k8s.ProviderArgs = {}): Promise<KubernetesStack> {
  const folder = await temporaryFolder();
  const stack = await testStack(async () => {}, { folder, plugins: ["kubernetes"] });
  return {
    with: (declare) => {
      stack.workspace.program = programOf(declare, { kubeconfig, ...settings });
      return stack;
    },
    stateFile: async () => await readFile(path.join(folder, "state/.pulumi/stacks/platform/test.json"), "utf8"),
  };
}

function programOf(declare: Declare, settings: k8s.ProviderArgs): PulumiFn {
  return async () => {
    const outputs = declare({ provider: new k8s.Provider("cluster", settings) });
    return typeof outputs === "object" ? { ...outputs } : {};
  };
}

/** What a run of the engine that fails prints; one that does not fail is an error. */
export async function failureOf(run: Promise<unknown>): Promise<string> {
  const message = await run.then(
    () => undefined,
    (thrown) => messageOf(thrown),
  );
  if (message === undefined) throw new Error("The run did not fail.");
  return message;
}

/** How many resources a run changed, by what it did to them, without those that stay the same. */
export function changesOf(summary: Readonly<Record<string, number | undefined>> | undefined): object {
  const { same: _, ...changes } = summary ?? {};
  return changes;
}
