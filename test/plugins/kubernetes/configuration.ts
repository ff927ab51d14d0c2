/** What a Kubernetes provider of the program is told, and what the environment adds. */
export interface Configuration {
  /** A path or the text of a kubeconfig; else the environment's. */
  readonly kubeconfig: string | undefined;
  /** The context of the kubeconfig; else its current one. */
  readonly context: string | undefined;
  /** The cluster of the kubeconfig; else the context's. */
  readonly cluster: string | undefined;
  /** The namespace of objects that name none; else the context's. */
  readonly namespace: string | undefined;
  /** Whether updates are server-side apply, the default. */
  readonly serverSideApply: boolean;
  /** Whether a create takes over an object that is there. */
  readonly upsertExistingObjects: boolean;
  /** Whether every apply takes fields over from other managers. */
  readonly patchForce: boolean;
  /** Whether a ConfigMap's data is updated in place, rather than by a new ConfigMap. */
  readonly configMapMutable: boolean;
  /** The same for a Secret's. */
  readonly secretMutable: boolean;
}

/**
 * Reads the configuration as the official plugin does: the provider's own value, else the environment's variable.
 *
 * @param variables What the engine hands over, by keys such as `kubernetes:config:namespace`; all values are texts.
 */
export function readConfiguration(
  variables: ReadonlyMap<string, string>,
  environment: NodeJS.ProcessEnv,
): Configuration {
  const text = (key: string) => {
    const value = variables.get(`kubernetes:config:${key}`);
    return value === "" ? undefined : value;
  };
  const flag = (key: string, variable: string, otherwise = false) => {
    const value = text(key) ?? environment[variable];
    return value === undefined ? otherwise : value === "true";
  };
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    cluster: text("cluster"),
    namespace: text("namespace"),
    serverSideApply: flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", true),
    upsertExistingObjects: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    patchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    configMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    secretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
  };
}

/** Settings of the official plugin that the stand-in does not have. To ignore them would test something else. */
export const unsupportedSettings = [
  "alwaysRender",
  "deleteUnreachable",
  "helmReleaseSettings",
  "renderYamlToDirectory",
  "skipUpdateUnreachable",
] as const;

/** The sentences about settings that the stand-in refuses. */
export function problemsOf(variables: ReadonlyMap<string, string>): readonly string[] {
  const given = (key: string) => !["", "false", undefined].includes(variables.get(`kubernetes:config:${key}`));
  const unsupported = unsupportedSettings
    .filter(given)
    .map((key) => `The stand-in for the kubernetes plugin has no \`${key}\`.`);
  const isClientSide = variables.get("kubernetes:config:enableServerSideApply") === "false";
  return isClientSide
    ? [...unsupported, "The stand-in for the kubernetes plugin only applies on the server."]
    : unsupported;
}
