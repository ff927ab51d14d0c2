/** A container image as it is written, in its parts. */
export interface Reference {
  /** Host and port of the registry. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

/** Reads `host:port/team/image:tag@sha256:…`; without a host it is Docker Hub's. */
export function parseReference(image: string): Reference {
  const [, named = image, digest] = /^(.*?)(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
  const [, name = named, tag = "latest"] = /^(.+?)(?::([\w][\w.-]{0,127}))?$/.exec(named) ?? [];
  const [first = "", ...rest] = name.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  if (hasHost) return { registry: first, repository: rest.join("/"), tag, digest };
  return { registry: "registry-1.docker.io", repository: rest.length > 0 ? name : `library/${name}`, tag, digest };
}
