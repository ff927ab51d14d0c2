import { z } from "zod";
import type { Plugin } from "../support/plugin.ts";
import { parseReference } from "../support/reference.ts";
import { type Account, digestOf } from "../support/registry.ts";
import { serve } from "../support/serve.ts";

// Stands in for the official plugin where it cannot be had: its configuration and the one function that is relied on.

const account = z.object({
  address: z.string(),
  username: z.string().default(""),
  password: z.string().default(""),
});

/** Configuration comes as texts; what is no text in the program, as JSON. */
const configuration = z.object({
  disableDockerDaemonCheck: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
    .default(false),
  registryAuth: z
    .union([z.array(account), z.string().transform((text) => z.array(account).parse(JSON.parse(text)))])
    .default([]),
});

await serve(dockerPlugin());

function dockerPlugin(): Plugin {
  const accounts: Account[] = [];
  return {
    version: "5.2.0",
    configure: (given) => {
      const { disableDockerDaemonCheck, registryAuth } = configuration.parse(given);
      if (!disableDockerDaemonCheck) throw new Error("failed to connect to any docker daemon");
      accounts.splice(0, accounts.length, ...registryAuth);
    },
    invoke: async (token, args) => {
      if (token !== "docker:index/getRegistryImage:getRegistryImage") throw new Error(`unknown function ${token}`);
      const name = z.string().parse(args.name);
      const digest = await digestOf(parseReference(name), accounts).catch((thrown: unknown) => {
        throw failed(name, thrown);
      });
      if (digest === undefined) throw failed(name, "404 Not Found");
      return { id: digest, name, sha256Digest: digest, insecureSkipVerify: args.insecureSkipVerify };
    },
  };
}

function failed(name: string, thrown: unknown): Error {
  const cause =
    thrown instanceof Error ? `${thrown.message}${thrown.cause ? `: ${String(thrown.cause)}` : ""}` : thrown;
  return new Error(`Got error when attempting to fetch image version ${name} from registry: ${cause}`);
}
