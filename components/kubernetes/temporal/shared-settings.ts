import type { z } from "zod";
import {
  labelKeyPattern,
  labelValuePattern,
  namespaceNamePattern,
  objectNamePattern,
  secretKeyPattern,
} from "../../../registry/kubernetes-patterns.ts";
import { flag, list, section, table, text } from "../../../registry/values.ts";

/** The name of an object of Kubernetes. */
export function kubernetesName() {
  return text(objectNamePattern, 'Write the name of an object of Kubernetes, such as "temporal".');
}

/** The name of a Kubernetes namespace. */
export function namespaceName() {
  return text(namespaceNamePattern, 'Write the name of a Kubernetes namespace, such as "temporal".');
}

/** A key of a Secret, never the value itself. */
export const secretKey = section(
  {
    /** Name of the Secret. */
    name: kubernetesName(),
    /** Key within the Secret. */
    key: text(secretKeyPattern, 'Write the key within the Secret, such as "password".'),
  },
  "Write where the value is, `{ name, key }`, and never the value itself.",
);

/** The Kubernetes namespace of the server. */
export const serverNamespace = section({
  /** Its name. @default "temporal" */
  name: namespaceName().prefault("temporal"),
  /** Whether the stack makes it; false for one that is there. @default true */
  create: flag().prefault(true),
});

/** Who may reach a part of the server. */
export function frontendClients(part: string) {
  return list(
    section({
      /** Their Kubernetes namespace. */
      namespace: namespaceName(),
      /** Labels of their pods. @default every pod of the namespace */
      labels: table(
        text(labelKeyPattern, "Name a label."),
        text(labelValuePattern, "Write the value of a label."),
        "Write an object of labels.",
      ).prefault({}),
    }),
    `Write a list of who may reach the ${part}, such as [{ "namespace": "speech-workflows" }].`,
  );
}

/** Pods that may reach a part of the server: those of `namespace` that carry `labels`. */
export type FrontendClient = z.output<ReturnType<typeof frontendClients>>[number];
