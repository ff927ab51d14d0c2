import path from "node:path";
import { answering } from "./algorithms.ts";
import { type AlgorithmRepository, makeProject, makeRepository, type Project } from "./project.ts";

/** A project that is up, with the algorithm `answer`, and the algorithm's repository. Its first version is `0`. */
export async function makeAnsweringProject(): Promise<{ project: Project; repository: AlgorithmRepository }> {
  const project = await makeProject();
  const repository = await makeRepository(path.join(project.root, "repository"), answering("0"));
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: { answer: { namespace: "speech", owner: "us", source: { git: `file://${repository.folder}` } } },
  });
  await project.must("up");
  return { project, repository };
}
