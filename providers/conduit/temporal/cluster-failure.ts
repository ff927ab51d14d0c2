import type { KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";
import { codeOf, messageOf, UserError } from "../../../errors.ts";

/** What the Kubernetes API refused, or why it did not answer, with what mends it. */
export function explainClusterFailure(thrown: unknown, config: KubeConfig): Error {
  const context = config.getCurrentContext();
  const code = codeOf(thrown);
  if (code === "403") return new UserError(forbidden(context, thrown));
  if (code === "401") {
    return new UserError(
      `The cluster of the context \`${context}\` refuses its credentials. Sign in again, or choose another context.`,
    );
  }
  if (code !== undefined && /^\d+$/.test(code)) {
    return new Error(`The cluster of the context \`${context}\` answered ${code}: ${messageOf(thrown)}`);
  }
  return new UserError(
    `The cluster of the context \`${context}\`, \`${config.getCurrentCluster()?.server}\`, does not answer: ` +
      `${reasonOf(thrown)}. Check that it runs and can be reached from here, or choose another context.`,
  );
}

const statusSchema = z.looseObject({ message: z.string() });

/** The API says which verb on which resource is missing: `User "ci" cannot list resource "services" in API group "" …`. */
function forbidden(context: string, thrown: unknown): string {
  const message = statusMessage(thrown);
  const match = /User "([^"]+)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;
  const [, user, verb, resource, group, namespace] = match.exec(message) ?? [];
  if (user === undefined) return `The cluster of the context \`${context}\` refuses: ${message}`;
  const where = namespace === undefined ? "" : ` in the Kubernetes namespace \`${namespace}\``;
  const what = group ? `${resource}.${group}` : resource;
  return `The user \`${user}\` of the context \`${context}\` lacks the verb \`${verb}\` on \`${what}\`${where}. Give it a Role that has it.`;
}

function statusMessage(thrown: unknown): string {
  const body = thrown instanceof Error && "body" in thrown ? thrown.body : undefined;
  try {
    return statusSchema.parse(typeof body === "string" ? JSON.parse(body) : body).message;
  } catch {
    return messageOf(thrown);
  }
}

/** The client wraps what the system said. */
function reasonOf(thrown: unknown): string {
  return codeOf(thrown) ?? messageOf(thrown).replace(/^.*reason: /, "");
}
