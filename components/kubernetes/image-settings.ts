import { z } from "zod";
import { isImage } from "../../registry/locations.ts";
import type { Algorithm } from "../../registry/resolve.ts";
import { checkedText, choice, list, section, text } from "../../registry/values.ts";
import { pullSecretsSetting } from "./settings.ts";

const repositoryText = (what: string) =>
  checkedText(
    (written) => isImage(written) && !/[:@][^/]*$/.test(written.replace(/^[^/]*\//, "")),
    `Write ${what} without a tag, such as "registry.example/algorithms".`,
  );

/** Where the value of a build secret is, on the machine that deploys. Never the value itself. */
const reference = z.union(
  [
    section({
      /** The name of an environment variable. */
      env: text(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Write the name of an environment variable, such as "PIP_CONFIG".'),
    }),
    section({
      /** The path of a file; `~/` is the home folder. */
      file: checkedText((file) => /^(\/|~\/)./.test(file), 'Write a path that begins with "/" or "~/".'),
    }),
  ],
  { error: "Write where the value is, `{ env: NAME }` or `{ file: PATH }`, and never the value itself." },
);

/** Where the value of a build secret is. */
export type SecretReference = Readonly<z.output<typeof reference>>;

/** The section `images`: how images are built from algorithms' repositories, and where they go. */
export const imagesSettings = section({
  /** The registry, with a path in it: images are `<registry>/<algorithm>:<version>`. @default none: only images that teams bring are run */
  registry: repositoryText("a registry and a path in it").optional(),
  /** The image that brings Python; `{version}` stands for its version. @default "python:{version}-slim" */
  python: checkedText(
    (image) => isImage(image.replaceAll("{version}", "3.11")) && image.includes("{version}"),
    'Write an image with `{version}` in it, such as "python:{version}-slim".',
  ).prefault("python:{version}-slim"),
  /** What the cluster's nodes run on. @default ["linux/amd64"] */
  platforms: list(choice(["linux/amd64", "linux/arm64"]), 'Write a list, such as ["linux/amd64"].').prefault([
    "linux/amd64",
  ]),
  /** A repository for the layers of builds, so that a machine that never built anything builds only what changed. @default none */
  cache: repositoryText("a repository").optional(),
  /**
   * What builds may see and images never hold. Packages that run code while they are installed can read it, and Pulumi keeps
   * it in the state, encrypted with the stack's key: give tokens that only read, and a stack whose passphrase is not empty.
   */
  secrets: section({
    /** pip's configuration file (`pip.conf`), with a private index. @default none */
    pip: reference.optional(),
    /** uv's configuration file (`uv.toml`), with private indexes. @default none */
    uv: reference.optional(),
    /** A `.netrc` with the passwords of indexes. @default none */
    netrc: reference.optional(),
    /** A whole bundle of certificates (PEM). @default the one of the image that brings Python */
    ca: reference.optional(),
    /** A token that lets the builder read private https repositories. @default none */
    gitToken: reference.optional(),
  }).prefault({}),
  /** Secrets of type `kubernetes.io/dockerconfigjson` in the workers' namespaces, for pulling. @default [] */
  pullSecrets: pullSecretsSetting,
});

/** How images are built. */
export type ImagesSettings = Readonly<z.output<typeof imagesSettings>>;

/**
 * Why build secrets cannot be used: Pulumi's image builder keeps them in the state, where an empty passphrase hides nothing.
 *
 * @param environment What Pulumi reads its passphrase from.
 */
export function buildSecretsProblem({ secrets }: ImagesSettings, environment: NodeJS.ProcessEnv): string | undefined {
  const { ca: _public, ...hidden } = secrets;
  const given = Object.entries(hidden).filter(([, reference]) => reference !== undefined);
  if (given.length === 0 || environment.PULUMI_CONFIG_PASSPHRASE !== "") return undefined;
  const names = given.map(([name]) => `\`${name}\``).join(", ");
  return (
    `\`conduit:images.secrets\` gives ${names}, which would be in the stack's state, encrypted with an empty passphrase. ` +
    "Set `PULUMI_BACKEND_URL` and a `PULUMI_CONFIG_PASSPHRASE` of your own, or use a backend with keys of its own."
  );
}

/** What keeps the algorithms' images from being built; nothing when all is well. */
export function imageProblems(
  { registry, cache, platforms }: ImagesSettings,
  algorithms: readonly Algorithm[],
): string[] {
  const built = algorithms.filter(({ source }) => source.kind !== "image").map(({ name }) => `\`${name}\``);
  const problems: string[] = [];
  if (registry === undefined && built.length > 0) {
    problems.push(
      `\`conduit:images\` has no \`registry\`, and images are to be built of ${built.join(", ")}. ` +
        "Name a registry to which Pulumi may push and from which the cluster may pull.",
    );
  }
  if (cache !== undefined && platforms.length > 1) {
    problems.push(
      "`conduit:images` has a `cache` and several `platforms`, of which it would hold only one. Leave one out.",
    );
  }
  return problems;
}
