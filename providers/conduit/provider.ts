import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { messageOf } from "../../errors.ts";
import { explainFullDisk } from "../../tools/full-disk.ts";
import { packageVersion } from "../../tools/package.ts";
import { partsOf } from "../../tools/urn.ts";
import type { Properties, ResourceHandler, Tell } from "./handler.ts";

/**
 * The resource provider `conduit` as one table from type token to handler. What it adds to the handlers is only what holds
 * for all of them: the choice by URN and readable errors.
 */
export function conduitProvider(
  handlers: Readonly<Record<string, ResourceHandler>>,
  tellOf: (urn: string) => Tell = () => () => {},
): Provider {
  const handlerOf = (urn: string): ResourceHandler => {
    const { type } = partsOf(urn);
    const handler = handlers[type];
    if (!handler) throw new Error(`The provider \`conduit\` has no resource type \`${type}\`.`);
    return handler;
  };
  return {
    version: packageVersion,
    check: async (urn, olds: Properties, news: Properties) => ({
      inputs: handlerOf(urn).check?.(olds, news) ?? news,
    }),
    diff: async (_id, urn, olds: Properties, news: Properties) => named(urn, () => handlerOf(urn).diff(olds, news)),
    create: async (urn, inputs: Properties) => {
      const handler = handlerOf(urn);
      const outs = await named(urn, () => handler.create(inputs, tellOf(urn)));
      return { id: handler.id(inputs), outs };
    },
    update: async (_id, urn, olds: Properties, news: Properties) => ({
      outs: await named(urn, () => handlerOf(urn).update(olds, news, tellOf(urn))),
    }),
    read: async (id, urn, props: Properties = {}) => {
      const live = await named(urn, () => handlerOf(urn).read(props));
      return live ? { id, props: live } : {};
    },
    delete: async (_id, urn, props: Properties) => named(urn, () => handlerOf(urn).delete(props)),
  };
}

/** The engine prints an error's message only, so the resource's name has to be part of it. */
async function named<T>(urn: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw new Error(`${partsOf(urn).name}: ${messageOf(explainFullDisk(thrown))}`, { cause: thrown });
  }
}
