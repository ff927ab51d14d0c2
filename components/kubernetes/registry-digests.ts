import * as docker from "@pulumi/docker";
import { messageOf, UserError } from "../../errors.ts";

/** Finds the digest that the tag of a container image stands for now: `sha256:…`. */
export type DigestOf = (image: string) => Promise<string>;

/**
 * Asks registries for digests with `@pulumi/docker`, without any Docker on this machine. Credentials are those that
 * `docker login` has left here; none are in the state.
 *
 * Only inside a Pulumi program. Made once for a run: each image is asked for once. Its plugin is started for those alone who
 * ask.
 */
export function registryDigests(): DigestOf {
  let provider: docker.Provider | undefined;
  const asked = new Map<string, Promise<string>>();
  return (image) => {
    provider ??= new docker.Provider("registries", { disableDockerDaemonCheck: true });
    const answer = asked.get(image) ?? ask(image, provider);
    asked.set(image, answer);
    return answer;
  };
}

async function ask(name: string, provider: docker.Provider): Promise<string> {
  try {
    return (await docker.getRegistryImage({ name }, { provider })).sha256Digest;
  } catch (thrown) {
    throw new UserError(unresolved(name, messageOf(thrown)));
  }
}

/** What a user is told when a registry gives no digest for an image. */
export function unresolved(image: string, said: string): string {
  const reason = said
    .replace(/^[\s\S]*?from registry: /, "")
    .split("\n")[0]
    ?.replace(/\.$/, "");
  return (
    `The registry gives no digest for \`${image}\`: ${reason}. See that the image is there and that ` +
    "`docker login` was run for its registry where Pulumi runs, or write the image with its digest (`name:tag@sha256:…`)."
  );
}
