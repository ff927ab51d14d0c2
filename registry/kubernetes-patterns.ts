// What Kubernetes takes for names, each as it checks them itself (k8s.io/apimachinery/pkg/util/validation). What to write
// instead is said where they are used.

/** The name of most objects: lower-case, dots allowed, at most 253 characters. */
export const objectNamePattern = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The name of a namespace: a label of DNS, at most 63 characters. */
export const namespaceNamePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The key of a label or an annotation, with or without a prefix. */
export const labelKeyPattern =
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** The value of a label; it may be empty. */
export const labelValuePattern = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** A key within a Secret. */
export const secretKeyPattern = /^[-._A-Za-z0-9]{1,253}$/;
