import * as pulumi from "@pulumi/pulumi";

/** One supervisord for a stack (provider `conduit`). */
export class Supervisor extends pulumi.CustomResource {
  declare readonly home: pulumi.Output<string>;
  declare readonly socket: pulumi.Output<string>;
  declare readonly runDirectory: pulumi.Output<string>;
  declare readonly python: pulumi.Output<string>;

  /** @param args.home Folder for the stack's program files, logs and Temporal's database; absolute. */
  constructor(name: string, args: { home: string }, opts?: pulumi.CustomResourceOptions) {
    super(
      "conduit:local:Supervisor",
      name,
      { ...args, socket: undefined, runDirectory: undefined, python: undefined },
      opts,
    );
  }
}

/** Temporal's dev server with a database file (provider `conduit`). */
export class TemporalServer extends pulumi.CustomResource {
  declare readonly address: pulumi.Output<string>;
  declare readonly uiUrl: pulumi.Output<string>;

  constructor(name: string, args: TemporalServerArgs, opts?: pulumi.CustomResourceOptions) {
    const { home, socket, python } = args.supervisor;
    const { port, uiPort } = args;
    super(
      "conduit:local:TemporalServer",
      name,
      { home, socket, python, port, uiPort, address: undefined, uiUrl: undefined },
      opts,
    );
  }
}

export interface TemporalServerArgs {
  readonly supervisor: Supervisor;
  /** The port of Temporal's frontend on 127.0.0.1. */
  readonly port: number;
  /** The port of Temporal's web UI on 127.0.0.1. */
  readonly uiPort: number;
}

/** Puts idle workers to sleep, and wakes them when something waits for them (provider `conduit`). */
export class Standby extends pulumi.CustomResource {
  constructor(name: string, args: StandbyArgs, opts?: pulumi.CustomResourceOptions) {
    const { home, socket, runDirectory, python } = args.supervisor;
    super("conduit:local:Standby", name, { home, socket, runDirectory, python, address: args.address }, opts);
  }
}

export interface StandbyArgs {
  readonly supervisor: Supervisor;
  /** Temporal's address. */
  readonly address: pulumi.Input<string>;
}

/** A Python environment with an algorithm's dependencies and the worker's own (provider `conduit`). */
export class Environment extends pulumi.CustomResource {
  declare readonly python: pulumi.Output<string>;
  /** The folder with the worker's sources, for PYTHONPATH. */
  declare readonly runtime: pulumi.Output<string>;

  constructor(name: string, args: EnvironmentArgs, opts?: pulumi.CustomResourceOptions) {
    super("conduit:local:Environment", name, { ...args, python: undefined, runtime: undefined }, opts);
  }
}

export interface EnvironmentArgs {
  /** The algorithm's folder. */
  readonly directory: pulumi.Input<string>;
  /** Digest of the files that decide the dependencies. */
  readonly dependencies: pulumi.Input<string>;
  /** Python's version, such as `3.11`. */
  readonly pythonVersion: pulumi.Input<string>;
  /** Digest of the worker's sources. */
  readonly runtimeDigest: string;
  readonly cache: string;
  /** Told with a failure, and no reason for a change: environments are shared. */
  readonly wantedBy: { home: string; algorithm: string; version: pulumi.Input<string> };
}

/** The live worker process of an algorithm (provider `conduit`). */
export class Worker extends pulumi.CustomResource {
  declare readonly program: pulumi.Output<string>;

  constructor(name: string, args: WorkerResourceArgs, opts?: pulumi.CustomResourceOptions) {
    super("conduit:local:Worker", name, { ...args, program: undefined }, opts);
  }
}

/** As the provider reads it: see `providers/conduit/local/worker-inputs.ts`. */
export interface WorkerResourceArgs {
  readonly supervisor: pulumi.Inputs;
  /** Temporal's address. */
  readonly address: pulumi.Input<string>;
  readonly algorithm: {
    readonly name: string;
    readonly temporalNamespace: pulumi.Input<string>;
    readonly namespaceId: pulumi.Input<string> | undefined;
    readonly env: Readonly<Record<string, string>>;
  };
  readonly release: pulumi.Inputs;
  /** The interpreter of the algorithm's environment. */
  readonly python: pulumi.Input<string>;
  /** The folder with the worker's sources. */
  readonly runtime: pulumi.Input<string>;
  readonly cache: string;
  /** Milliseconds without work after which the worker goes to sleep. @default never */
  readonly idleAfter: number | undefined;
}
