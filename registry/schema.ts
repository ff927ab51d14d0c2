import { z } from "zod";
import { labelKeyPattern, objectNamePattern, secretKeyPattern } from "./kubernetes-patterns.ts";
import {
  isCidr,
  isFolder,
  isGitAddress,
  isGitRef,
  isHostAndPort,
  isImage,
  isMountPath,
  isPathBelow,
  shortPath,
} from "./locations.ts";
import {
  checkedText,
  choice,
  cpu,
  decimal,
  duration,
  flag,
  list,
  memory,
  section,
  table,
  text,
  whole,
} from "./values.ts";

// Every field of the registry, with its default and its limits. Required fields have no `prefault` and no `optional`;
// a field whose default depends on others is `optional` here, and its comment says the rule. The comments are what
// editors show and what the README's table says.

const words = /^[^\p{Cc}\p{Cf}]*[^\s\p{Cc}\p{Cf}][^\p{Cc}\p{Cf}]*$/u;
const subfolder = () =>
  checkedText(isPathBelow, 'Write a path inside the repository, without `..`, such as "speech/speaker-id".').transform(
    shortPath,
  );

const gitSource = section({
  /** Address of the repository: `https://…`, `ssh://…`, `git@host:path`, or a folder of this machine for development. */
  git: checkedText(
    isGitAddress,
    "Write an address such as `https://host/team/repository`, `git@host:team/repository`, or a path that begins with `/` or `./`; without credentials.",
  ),
  /** Branch, tag or commit that goes live. @default "main" */
  ref: checkedText(isGitRef, 'Write a branch, a tag or a commit, such as "main" or "v1.4".').prefault("main"),
  /** The algorithm's folder in the repository. @default "." */
  subdir: subfolder().prefault("."),
  /** More folders and files of the repository that the algorithm needs; their changes go live too. @default [] */
  include: list(subfolder(), 'Write a list of paths inside the repository, such as ["shared"].').prefault([]),
});

const pathSource = section({
  /** A folder on this machine, for development: absolute, or relative to the project. */
  path: checkedText(isFolder, 'Write the path of a folder, such as "../speaker-id".'),
});

const imageSource = section({
  /** A container image, in any language, that honours the worker contract. */
  image: checkedText(isImage, 'Write a container image, such as "ghcr.io/acme/ranker:1.4".'),
});

const mockSource = section({
  /** A Python file with the activities' signatures and canned answers, relative to the project. */
  mock: checkedText(
    (path) => isPathBelow(path) && path.endsWith(".py"),
    'Write the path of a Python file below the project, such as "mocks/summarize.py".',
  ).transform(shortPath),
});

const source = z.union(
  [
    gitSource.transform((given) => ({ kind: "git" as const, ...given })),
    pathSource.transform((given) => ({ kind: "path" as const, ...given })),
    imageSource.transform((given) => ({ kind: "image" as const, ...given })),
    mockSource.transform((given) => ({ kind: "mock" as const, ...given })),
  ],
  { error: "Give exactly one of `git`, `path`, `image` and `mock`." },
);

/** Whose an algorithm or a namespace is. */
export interface Owner {
  /** The team, or an address. */
  team: string;
  /** A team or user of GitHub. */
  github?: string | undefined;
  /** A channel of Slack. */
  slack?: string | undefined;
}

const ownerText = "Write a team or an address, or `{ team, github, slack }`.";
const owner = z.union(
  [
    text(words, ownerText).transform((team): Owner => ({ team })),
    section({
      /** The team, or an address. */
      team: text(words, "Write a team or an address."),
      /** The team or user on GitHub who is told, such as "acme/speech". */
      github: text(
        /^@?[A-Za-z0-9][-A-Za-z0-9]*(\/[-\w.]+)?$/,
        'Write a team or user of GitHub, such as "acme/speech".',
      ).optional(),
      /** The Slack channel that is told, such as "#speech". */
      slack: text(/^[#@]?[^\s\p{Cc}\p{Cf}#@]+$/u, 'Write a channel of Slack, such as "#speech".').optional(),
    }),
  ],
  { error: ownerText },
);

const scaling = section({
  /** Fewest workers, 0 to 1000. 0 scales to zero when nothing waits and nothing is in flight. @default 0 */
  min: whole(0, 1000).prefault(0),
  /** Most workers, 1 to 1000. @default 10; 1 with an exclusive `state` */
  max: whole(1, 1000).optional(),
  /** Waiting activities for each worker, 1 to 100000: more of them add a worker. @default 5 */
  backlogPerWorker: whole(1, 100_000).prefault(5),
  /**
   * How long nothing must wait and nothing be in flight before the last worker goes, at least 1s; on Kubernetes at least
   * 10s, which are two looks of the autoscaler. @default "5m"
   */
  idleAfter: duration("1s").prefault("5m"),
});

const limits = section({
  /** Most CPU that the repository may ask for. @default no limit */
  cpu: cpu().optional(),
  /** Most memory that the repository may ask for. @default no limit */
  memory: memory().optional(),
  /** Most GPUs that the repository may ask for. @default no limit */
  gpu: whole(0, 64).optional(),
  /** Most activities at a time for which the repository may ask. @default no limit */
  concurrency: whole(1, 10_000).optional(),
  /** Longest `timeouts.startToClose` of the repository. @default no limit */
  startToClose: duration().optional(),
  /** Longest `timeouts.scheduleToClose` of the repository. @default no limit */
  scheduleToClose: duration().optional(),
  /** Longest `timeouts.startup` of the repository: as long as that, a worker that never comes up holds a run. @default "1h" */
  startup: duration().prefault("1h"),
  /** Most `retry.maximumAttempts` of the repository. @default no limit */
  maximumAttempts: whole(1, 1_000_000).optional(),
  /** Longest `shutdownGrace` of the repository. @default no limit */
  shutdownGrace: duration().optional(),
});

const variable = text(
  /^(?!CONDUIT_|TEMPORAL_)[A-Za-z_][A-Za-z0-9_]*$/,
  "Name variables with letters, digits and `_`; `CONDUIT_…` and `TEMPORAL_…` belong to the worker.",
);

const secret = section(
  {
    /** Name of the secret in the platform's store. */
    name: text(objectNamePattern, 'Write the name of a secret, such as "hugging-face".'),
    /** Key within the secret. */
    key: text(secretKeyPattern, 'Write the key within the secret, such as "token".'),
  },
  "Write where the value is, `{ name, key }`, and never the value itself.",
);

const identity = section({
  /** Annotations of the algorithm's ServiceAccount, such as a cloud role. @default {} */
  annotations: table(
    text(labelKeyPattern, "Write the name of an annotation."),
    z.string({ error: "Write a text." }),
    "Write an object of annotations and their texts.",
  ).prefault({}),
});

const egress = section({
  /** Whether workers may connect to any address outside the cluster. @default false */
  internet: flag().prefault(false),
  /** Ranges of addresses to which workers may connect, such as "10.20.0.0/16". @default [] */
  cidrs: list(
    checkedText(isCidr, 'Write a range of addresses, such as "10.20.0.0/16".'),
    'Write a list of ranges of addresses, such as ["10.20.0.0/16"].',
  ).prefault([]),
});

const state = section({
  /** Size of the volume, such as "10Gi". */
  size: memory(),
  /** Where the workers see it, such as "/data". */
  mountPath: checkedText(isMountPath, 'Write an absolute path below the root, such as "/data".'),
  /** `exclusive`: one worker, one volume, kept. `cache`: each worker has its own, which may be lost. @default "exclusive" */
  sharing: choice(["exclusive", "cache"]).prefault("exclusive"),
});

const lane = section({
  /** The lane's own scaling; what it leaves out is as in the algorithm's `scaling`. @default the algorithm's */
  scaling: scaling.prefault({}),
  /** CPU of the lane's workers. @default the algorithm's */
  cpu: cpu().optional(),
  /** Memory of the lane's workers. @default the algorithm's */
  memory: memory().optional(),
  /** GPUs of the lane's workers. @default the algorithm's */
  gpu: whole(0, 64).optional(),
  /** Activities that one worker of the lane runs at a time. @default the algorithm's */
  concurrency: whole(1, 10_000).optional(),
});

const timeouts = section({
  /** How long one attempt of an activity may run. @default "1m" */
  startToClose: duration().prefault("1m"),
  /** How long an activity may be silent between heartbeats; shorter than `startToClose`. @default no heartbeats */
  heartbeat: duration().optional(),
  /** How long an activity may wait for a worker. @default no limit */
  scheduleToStart: duration().optional(),
  /** How long an activity may take with all its attempts. @default no limit */
  scheduleToClose: duration().optional(),
  /** How long a worker may take to import the code and load its model, at least 1s. @default "10m" */
  startup: duration("1s").prefault("10m"),
});

const retry = section({
  /** Attempts of an activity, the first included, 0 to 1000000; 0 never gives up. @default 10 */
  maximumAttempts: whole(0, 1_000_000).prefault(10),
  /** Pause before the second attempt. @default "1s" */
  initialInterval: duration().prefault("1s"),
  /** By how much each further pause is longer than the one before, 1 to 100. @default 2 */
  backoffCoefficient: decimal(1, 100).prefault(2),
  /** Longest pause between attempts. @default 100 × `initialInterval` */
  maximumInterval: duration().optional(),
  /** Types of errors that end an activity at once; the worker sees to it for every caller. @default [] */
  nonRetryable: list(
    text(/^[A-Za-z_][\w.]*$/, 'Write the type of an error, such as "ValueError".'),
    'Write a list of types of errors, such as ["ValueError"].',
  ).prefault([]),
});

/** The fields that an algorithm's repository sets in `[tool.conduit]`, and that the registry may override. */
export const settingFields = {
  /** Python module that holds the activities. @default discovered */
  entry: text(
    /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/,
    'Write the name of a Python module, such as "speaker_id.activities".',
  ).optional(),
  /** Version of Python, from "3.10" on. @default from `requires-python`, else "3.11" */
  python: text(/^3\.[1-9]\d(\.\d{1,2})?$/, 'Write a version of Python from 3.10 on, such as "3.11".').optional(),
  /** CPU of a worker. @default "250m" */
  cpu: cpu().prefault("250m"),
  /** Memory of a worker, which it cannot exceed. @default "1Gi" */
  memory: memory().prefault("1Gi"),
  /** GPUs of a worker, 0 to 64. @default 0 */
  gpu: whole(0, 64).prefault(0),
  /** Activities that one worker runs at a time, 1 to 10000: a model object is rarely safe to share. @default 1 */
  concurrency: whole(1, 10_000).prefault(1),
  /** Time-outs of the activities, which callers get with the generated clients, and of the worker's start. */
  timeouts: timeouts.prefault({}),
  /** How failed activities are tried again. */
  retry: retry.prefault({}),
  /** How long a replaced worker may finish what it runs. @default `timeouts.startToClose` + 10s */
  shutdownGrace: duration().optional(),
};

const lanesText = "Write an object of at least one lane, such as `{ online: { scaling: { min: 1 } } }`.";

const sections = {
  /** The most that the algorithm's repository may ask for. @default a startup of 1h */
  limits: limits.prefault({}),
  /** How many workers run. */
  scaling: scaling.prefault({}),
  /** `surge` starts the new version beside the old, `replace` stops the old one first. @default "surge"; "replace" with a GPU or `state` */
  rollout: choice(["surge", "replace"]).optional(),
  /** Plain environment variables of the workers. @default {} */
  env: table(
    variable,
    checkedText((value) => !value.includes("\0"), "Write a text."),
    "Write an object of variables and their texts.",
  ).prefault({}),
  /** Environment variables from secrets: `{ VARIABLE: { name, key } }`, never the values. @default {} */
  secrets: table(
    variable,
    secret,
    "Write an object of variables and where their values are: `{ name, key }`.",
  ).prefault({}),
  /** The identity that the workers have in the cluster and the cloud. @default a ServiceAccount of its own */
  identity: identity.prefault({}),
  /** Where workers may connect, besides the cluster's DNS and Temporal. @default nowhere */
  egress: egress.prefault({}),
  /** A volume that each worker keeps. @default none */
  state: state.optional(),
  /** Lanes, such as `online` and `offline`: the same code with its own task queue, resources and scaling. @default one, `default` */
  lanes: table(z.string(), lane, lanesText)
    .refine((lanes) => Object.keys(lanes).length > 0, { error: lanesText })
    .optional(),
};

/** The fields of an algorithm that only the registry sets. */
export const algorithmFields = {
  /** Temporal namespace; one of the keys of `namespaces`. */
  namespace: z.string({ error: "Write one of the keys of `namespaces`." }),
  /** A team or an address, or `{ team, github?, slack? }`: shown on everything, and told. */
  owner,
  /** Where the code is: one of `{ git, ref, subdir, include }`, `{ path }`, `{ image }`, `{ mock }`. */
  source,
  ...sections,
};

/** One Temporal namespace. */
export const namespaceSchema = section({
  /** A team or an address, or `{ team, github?, slack? }`. */
  owner,
  /** How long histories of closed workflows are kept, at least 1h. @default "720h" */
  retention: duration("1h").prefault("720h"),
  /** Search attributes and their types. @default {} */
  searchAttributes: table(
    text(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, "Name search attributes with letters, digits and `_`."),
    choice(["Text", "Keyword", "Int", "Double", "Bool", "Datetime", "KeywordList"]),
    'Write an object of search attributes and their types, such as `{ AudioLanguage: "Keyword" }`.',
  ).prefault({}),
  /** Its name on the Temporal server, such as "speech.a1b2c" on Temporal Cloud. @default the key */
  temporalName: text(
    /^[A-Za-z0-9][-A-Za-z0-9_.]{1,254}$/,
    "Write 2 to 255 letters, digits, `-`, `_` and `.`.",
  ).optional(),
  /** Whether it is created and updated here; false for one that others manage. @default true */
  manage: flag().prefault(true),
  /** Whether one that exists already is taken over. @default false */
  adopt: flag().prefault(false),
  /** Whether it is deleted with the stack, with all its histories. @default false */
  deleteWithStack: flag().prefault(false),
  /** Its own endpoint, `host:port`. @default the stack's Temporal */
  address: checkedText(isHostAndPort, 'Write `host:port`, such as "speech.a1b2c.tmprl.cloud:7233".').optional(),
});

/** Most workers where the registry does not say: one when each keeps a volume of its own, else ten. */
export function defaultMaximum(volume: z.output<typeof state> | undefined): number {
  return volume?.sharing === "exclusive" ? 1 : 10;
}

/** Longest pause between attempts, in milliseconds, where nobody says: Temporal's own rule. */
export function defaultMaximumInterval(initialInterval: number): number {
  return 100 * initialInterval;
}

/** How long a replaced worker may finish what it runs, in milliseconds, where nobody says. */
export function defaultShutdownGrace(startToClose: number): number {
  return startToClose + 10_000;
}

/** Version of Python where neither the settings nor `requires-python` say another. */
export const defaultPython = "3.11";

const anything = (error: string) => z.record(z.string(), z.unknown(), { error });

/** The top of `algorithms.config.ts`; what its parts hold is parsed one by one. */
export const registrySchema = section({
  namespaces: anything('Write an object of Temporal namespaces, such as `{ speech: { owner: "speech-platform" } }`.'),
  algorithms: anything("Write an object of algorithms by name."),
  defaults: anything("Write an object of what applies to every algorithm.").optional(),
  stacks: anything("Write an object of stacks and what they change.").optional(),
});

/** One stack of `stacks`. */
export const stackSchema = anything("Write an object of algorithms and what the stack changes of them.");

/** One algorithm as the registry writes it. */
export const algorithmSchema = section({ ...algorithmFields, ...settingFields });

/** What only the registry sets, of one algorithm. */
export const registryPartSchema = section(algorithmFields);

/** The same of which any field may be missing, for checks of whatever parsed. */
export const partialRegistryPartSchema = registryPartSchema.partial();

/** A namespace of which any field may be missing, for checks of whatever parsed. */
export const partialNamespaceSchema = namespaceSchema.partial();

/** What the algorithm's repository sets, and the registry may override. */
export const settingsSchema = section(settingFields);

/** What applies to every algorithm that does not say otherwise: all fields but `namespace`, `owner` and `source`. */
export const defaultsSchema = section({ ...sections, ...settingFields });

/** What a stack changes of one algorithm: any field; of a source of the same kind, or of `state`, also single fields. */
export const overrideSchema = section({
  ...algorithmFields,
  ...settingFields,
  source: z.union([gitSource.partial(), pathSource, imageSource, mockSource], {
    error: "Give exactly one of `git`, `path`, `image` and `mock`, or single fields of the same `git` source.",
  }),
  state: state.partial(),
}).partial();
