import type { Difference } from "../support/plugin.ts";
import type { ImageInputs, ImageOutputs } from "./image-inputs.ts";

const compared = [
  ...["buildArgs", "buildOnPreview", "cacheFrom", "cacheTo", "dockerfile", "labels", "network", "noCache"],
  ...["platforms", "pull", "push", "ssh", "tags", "target"],
] as const;

/**
 * What changed of an image, as the official plugin tells it: every change is an update, never a replacement; passwords of
 * registries and the secrets that are to be ignored do not count; `pull` always builds.
 *
 * @param hash Of the contexts that are on this machine now.
 */
export function differenceOf(olds: ImageOutputs, news: ImageInputs, hash: string): Difference {
  const diffs: string[] = compared.filter((name) => !same(olds[name], news[name]));
  if (olds.context.location !== news.context.location) diffs.push("context.location");
  if (!same(olds.context.named ?? {}, news.context.named ?? {})) diffs.push("context.named");
  if (!same(...withoutIgnored(olds.secrets, news.secrets, news.ignoreSecretsInDiffCalculation))) diffs.push("secrets");
  const accounts = ({ registries }: ImageInputs) => registries.map(({ address, username }) => [address, username]);
  if (!same(accounts(olds), accounts(news))) diffs.push("registries");
  if (hash !== olds.contextHash || (news.pull && news.push)) diffs.push("contextHash");
  return { changes: diffs.length > 0, diffs };
}

type Secrets = Readonly<Record<string, string>>;

/** A secret is ignored only where both sides have it. */
function withoutIgnored(olds: Secrets, news: Secrets, ignored: readonly string[]): [Secrets, Secrets] {
  const both = ignored.filter((name) => name in olds && name in news);
  const others = (secrets: Secrets) =>
    Object.fromEntries(Object.entries(secrets).filter(([name]) => !both.includes(name)));
  return [others(olds), others(news)];
}

function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
