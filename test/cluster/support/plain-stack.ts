/** A registry of algorithms in the namespace `speech`, one worker each, by the image that each has. */
export function plainRegistry(images: Readonly<Record<string, string>>) {
  const entries = Object.entries(images).map(([name, image]) => {
    return [name, { namespace: "speech", owner: "speech", source: { image }, timeouts: { startup: "20s" } }] as const;
  });
  return { namespaces: { speech: { owner: "speech" } }, algorithms: Object.fromEntries(entries) };
}

/**
 * Settings of a stack without an autoscaler, so that every algorithm has one worker; a pod has 40 s to get ready.
 *
 * @param address Temporal's, as this machine and pods reach it.
 * @param kubernetes More of the section `kubernetes`.
 */
export function plainSettings(address: string, kubernetes: object = {}) {
  return {
    platform: "kubernetes",
    autoscaler: "none",
    kubernetes: { podStart: "20s", ...kubernetes },
    temporal: { mode: "external", address },
  };
}
