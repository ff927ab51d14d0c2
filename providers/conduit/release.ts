import { type Properties, type ResourceHandler, sameProperties } from "./handler.ts";

/**
 * `conduit:index:Release`: the version of an algorithm that is wanted, and the head of its chain.
 *
 * The program never throws for one algorithm: it hands the problem over as an input. The create or update then fails with
 * it, the engine leaves the release and all that depends on it as they were, and the other algorithms go on.
 *
 * The commit is provenance: it travels with its version, and cannot cause a change of its own.
 */
export const releaseHandler: ResourceHandler = {
  id: (inputs) => String(inputs.algorithm),
  diff: async (olds, news) => ({
    changes: news.problem !== undefined || !sameProperties(olds, news, ["version", "settings", "directory"]),
  }),
  create: async (inputs) => released(inputs),
  update: async (_olds, news) => released(news),
  read: async (props) => props,
  delete: async () => {},
};

function released(inputs: Properties): Properties {
  if (typeof inputs.problem === "string") throw new Error(inputs.problem);
  return { ...inputs, releasedAt: new Date().toISOString() };
}
