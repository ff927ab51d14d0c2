import { type Properties, type ResourceHandler, sameProperties } from "./handler.ts";

/**
 * `conduit:index:Release`: the version of an algorithm that is wanted, and the head of its chain.
 *
 * A problem leaves the release as it is: what was wanted before stays wanted, and the chain behind it is kept up, though
 * nobody can tell what is wanted now. (That the run fails with the problem is the refusal's part.) Only where there is no
 * version yet the release fails, and with it the chain is left out.
 *
 * The commit is provenance: it travels with its version, and cannot cause a change of its own.
 */
export const releaseHandler: ResourceHandler = {
  id: (inputs) => String(inputs.algorithm),
  check: (olds, news) => (news.problem !== undefined && olds.version !== undefined ? olds : news),
  diff: async (olds, news) => ({ changes: !sameProperties(olds, news, ["version", "settings", "directory"]) }),
  create: released,
  update: async (_olds, news) => released(news),
  read: async (props) => props,
  delete: async () => {},
};

async function released(inputs: Properties): Promise<Properties> {
  if (typeof inputs.problem === "string") throw new Error(inputs.problem);
  return inputs;
}

/**
 * `conduit:index:Refusal`: there is one only while an algorithm has a problem. It always fails, and so the run does, with
 * the problem; nothing depends on it, and none ever gets into the state.
 */
export const refusalHandler: ResourceHandler = {
  id: (inputs) => String(inputs.algorithm),
  diff: async () => ({ changes: true }),
  create: released,
  update: async (_olds, news) => released(news),
  read: async () => undefined,
  delete: async () => {},
};
