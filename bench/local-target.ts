import path from "node:path";
import { makeProject, makeRepository } from "../test/support/project.ts";
import { algorithm, type DeployTarget, namespace } from "./deploy-target.ts";

/** A project on this machine, with its algorithm live. */
export async function localTarget(files: Readonly<Record<string, string>>): Promise<DeployTarget> {
  const project = await makeProject();
  try {
    const repository = await makeRepository(path.join(project.root, "repository"), files);
    await project.writeRegistry({
      namespaces: { [namespace]: { owner: "bench" } },
      algorithms: { [algorithm]: { namespace, owner: "bench", source: { git: `file://${repository.folder}` } } },
    });
    await project.must("up");
    const deploy = async () => JSON.parse(await project.must("deploy", algorithm, "--json")).deployed[0].stages;
    return { repository, address: project.address, up: () => project.must("up"), deploy, close: project.remove };
  } catch (thrown) {
    await project.remove();
    throw thrown;
  }
}
