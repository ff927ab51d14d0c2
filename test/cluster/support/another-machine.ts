import { copyFile, cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { ensurePulumi } from "../../../tools/toolchain.ts";
import { makeFolder } from "../../support/folders.ts";
import { type Outcome, runIn } from "../../support/project.ts";
import type { KubernetesProject } from "./kubernetes-project.ts";

/** The same project and backend as another machine sees them. */
export interface AnotherMachine {
  readonly pulumi: (...args: string[]) => Promise<Outcome>;
  readonly remove: () => Promise<void>;
}

/** A copy of the project in another folder, with another home, empty caches, and the kubeconfig at another path. */
export async function anotherMachine(project: KubernetesProject): Promise<AnotherMachine> {
  const { root, environment } = project;
  const place = await makeFolder();
  const copy = path.join(place, "elsewhere", "platform");
  await mkdir(path.join(place, "home"));
  const state = path.join(root, "state");
  await cp(root, copy, { recursive: true, verbatimSymlinks: true, filter: (source) => source !== state });
  const kubeconfig = path.join(place, "home", "cluster-config");
  await copyFile(environment.KUBECONFIG ?? "", kubeconfig);
  const { executable } = await ensurePulumi({ onProgress: console.log });
  const variables = {
    ...environment,
    HOME: path.join(place, "home"),
    KUBECONFIG: kubeconfig,
    CONDUIT_CACHE: path.join(place, "cache"),
    PULUMI_HOME: path.join(place, "pulumi"),
  };
  return {
    pulumi: (...args) => runIn(copy, executable, args, variables),
    remove: () => rm(place, { recursive: true, force: true }),
  };
}
