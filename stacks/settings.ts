import * as pulumi from "@pulumi/pulumi";
import { type KubernetesStackSettings, kubernetesStackSettings } from "../components/kubernetes/stack-settings.ts";
import { type LocalStackSettings, localSettings, portProblems } from "../components/local/stack-settings.ts";
import { UserError } from "../errors.ts";
import { fitFields } from "../registry/problems.ts";
import { atPath, didYouMean, type Path, quoted } from "../registry/wording.ts";

const platforms = { local: localSettings, kubernetes: kubernetesStackSettings } as const;

type PlatformName = keyof typeof platforms;

/** A stack's settings, with every default filled in. */
export type Settings =
  | ({ readonly platform: "local" } & LocalStackSettings)
  | ({ readonly platform: "kubernetes" } & KubernetesStackSettings);

/**
 * Parses a stack's configuration: what `Pulumi.<stack>.yaml` sets as `conduit:<name>`.
 *
 * @param given The raw values by name; objects and lists as JSON. What is left out gets its default.
 * @throws UserError with every problem.
 */
export function parseSettings(given: Readonly<Record<string, string | undefined>>, stack: string): Settings {
  const { platform = "local", ...others } = given;
  const name = isPlatform(platform) ? platform : "local";
  const problems = [...platformProblems(platform), ...fieldProblems(name, others)];
  if (problems.length > 0) throw new UserError(`The settings of the stack \`${stack}\` cannot be used.`, problems);
  const values = decoded(others);
  return name === "local"
    ? { platform: name, ...localSettings.parse(values) }
    : { platform: name, ...kubernetesStackSettings.parse(values) };
}

/** Reads the stack's settings from Pulumi's configuration. */
export function readSettings(): Settings {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return parseSettings(
    Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    pulumi.getStack(),
  );
}

const prefix = "conduit:";

function isPlatform(name: string): name is PlatformName {
  return Object.hasOwn(platforms, name);
}

function platformProblems(platform: string): string[] {
  if (isPlatform(platform)) return [];
  const choice = didYouMean(platform, Object.keys(platforms), `Choose from ${quoted(Object.keys(platforms))}.`);
  return [`\`${prefix}platform\` is ${JSON.stringify(platform)}. ${choice}`];
}

function fieldProblems(platform: PlatformName, given: Readonly<Record<string, string | undefined>>): string[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(platforms[platform].shape, name));
  const values = decoded(Object.fromEntries(Object.entries(given).filter(([name]) => !unknown.includes(name))));
  const { problems } = fitFields(platforms[platform], values, place);
  const between = platform === "local" ? portProblems(localSettings.safeParse(values).data) : [];
  return [...unknown.map((name) => unknownProblem(name, platform)), ...problems, ...between];
}

function place(path: Path): string {
  return atPath(path, "settings").replace("`", `\`${prefix}`);
}

function unknownProblem(name: string, platform: PlatformName): string {
  const setting = `${prefix}${name}`;
  const home = Object.entries(platforms).find(([, { shape }]) => Object.hasOwn(shape, name))?.[0];
  if (home !== undefined) {
    return `\`${setting}\` is a setting of the platform \`${home}\`, and this stack's is \`${platform}\`. Remove it, or set \`${prefix}platform\`.`;
  }
  const names = ["platform", ...Object.keys(platforms[platform].shape)].map((known) => `${prefix}${known}`);
  return `\`${setting}\` is not a setting. ${didYouMean(setting, names, `The settings are ${quoted(names)}.`)}`;
}

/** Pulumi hands structured values over as JSON. */
function decoded(given: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const entries = Object.entries(given).filter(([, text]) => text !== undefined);
  return Object.fromEntries(entries.map(([name, text]) => [name, decodedValue(text ?? "")]));
}

function decodedValue(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
