import { randomBytes } from "node:crypto";
import type { CoreV1Api, V1Secret } from "@kubernetes/client-node";
import { z } from "zod";
import { stackAnnotation } from "../../../components/kubernetes/metadata.ts";
import { UserError } from "../../../errors.ts";
import { loadKubeConfig } from "../../../tools/kube-client.ts";
import { type ResourceHandler, sameProperties } from "../handler.ts";
import { explainClusterFailure } from "../temporal/cluster-failure.ts";

const inputs = z.looseObject({
  /** A context of the kubeconfig. @default its current one */
  context: z.string().optional(),
  /** The key within the Secret. */
  key: z.string(),
  /** As a manifest has it; the annotation of the stack among it. */
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  }),
});
type SecretInputs = z.infer<typeof inputs>;

/**
 * `conduit:kubernetes:GeneratedSecret`: a Secret with a random value that nobody but the cluster ever sees: it is in no
 * input, no output and no state. It is made once, and never changed.
 */
export const generatedSecretHandler: ResourceHandler = {
  id: (properties) => {
    const { name, namespace } = inputs.parse(properties).metadata;
    return `${namespace}/${name}`;
  },
  diff: async (olds, news) => {
    if (identity(inputs.parse(olds)) !== identity(inputs.parse(news))) return { changes: true, replaces: ["metadata"] };
    return { changes: !sameProperties(olds, news, ["context"]) };
  },
  create: async (properties) => {
    const wanted = inputs.parse(properties);
    await withSecrets(wanted, async (secrets) => {
      try {
        await secrets.createNamespacedSecret({ namespace: wanted.metadata.namespace, body: secretOf(wanted) });
      } catch (thrown) {
        if (statusOf(thrown) !== conflict) throw thrown;
        refuseForeign(wanted, await secrets.readNamespacedSecret(wanted.metadata));
      }
    });
    return properties;
  },
  update: async (_olds, news) => news,
  read: async (properties) => {
    const wanted = inputs.parse(properties);
    const there = await withSecrets(wanted, (secrets) => unlessGone(secrets.readNamespacedSecret(wanted.metadata)));
    return there && properties;
  },
  delete: async (properties) => {
    const wanted = inputs.parse(properties);
    await withSecrets(wanted, (secrets) => unlessGone(secrets.deleteNamespacedSecret(wanted.metadata)));
  },
};

const notFound = 404;
const conflict = 409;

function identity({ metadata, key }: SecretInputs): string {
  return [metadata.namespace, metadata.name, key].join("/");
}

function secretOf({ metadata, key }: SecretInputs): V1Secret {
  // 192 bits, in characters that need no quotes anywhere.
  const value = randomBytes(24).toString("base64url");
  return { apiVersion: "v1", kind: "Secret", type: "Opaque", immutable: true, metadata, stringData: { [key]: value } };
}

/** One that carries the stack's annotation is of an earlier run, whose answer was lost, or of a stack that kept it. */
function refuseForeign({ metadata, key }: SecretInputs, { metadata: found, data }: V1Secret): void {
  const what = `The Secret \`${metadata.name}\` of the Kubernetes namespace \`${metadata.namespace}\``;
  if (found?.annotations?.[stackAnnotation] !== metadata.annotations[stackAnnotation]) {
    throw new UserError(
      `${what} is there already and is not this stack's. Name it in the settings to use it as it is.`,
    );
  }
  if (data?.[key] === undefined) throw new UserError(`${what} has no key \`${key}\`. Delete it, or add the key.`);
}

async function withSecrets<T>({ context }: SecretInputs, action: (secrets: CoreV1Api) => Promise<T>): Promise<T> {
  const config = await loadKubeConfig({ context });
  const { CoreV1Api } = await import("@kubernetes/client-node");
  try {
    return await action(config.makeApiClient(CoreV1Api));
  } catch (thrown) {
    throw thrown instanceof UserError ? thrown : explainClusterFailure(thrown, config);
  }
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (statusOf(thrown) === notFound) return undefined;
    throw thrown;
  }
}

/** The HTTP status of an answer of the API server that is an error. */
function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "number" ? thrown.code : undefined;
}
