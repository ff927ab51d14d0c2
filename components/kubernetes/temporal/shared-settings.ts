import type { z } from "zod";
import { flag, list, section, table, text } from "../../../registry/values.ts";

/** The name of an object of Kubernetes. */
export function kubernetesName() {
  return text(
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    'Write the name of an object of Kubernetes, such as "temporal".',
  );
}

/** The name of a Kubernetes namespace. */
export function namespaceName() {
  return text(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'Write the name of a Kubernetes namespace, such as "temporal".');
}

/** A key of a Secret, never the value itself. */
export const secretKey = section(
  {
    /** Name of the Secret. */
    name: kubernetesName(),
    /** Key within the Secret. */
    key: text(/^[-._A-Za-z0-9]{1,253}$/, 'Write the key within the Secret, such as "password".'),
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
        text(
          /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
          "Name a label.",
        ),
        text(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, "Write the value of a label."),
        "Write an object of labels.",
      ).prefault({}),
    }),
    `Write a list of who may reach the ${part}, such as [{ "namespace": "speech-workflows" }].`,
  );
}

/** Pods that may reach a part of the server: those of `namespace` that carry `labels`. */
export type FrontendClient = z.output<ReturnType<typeof frontendClients>>[number];
