/** Pods that rather run on different nodes and in different zones; where there is but one, they run there. */
export function spread(matchLabels: Readonly<Record<string, string>>) {
  const over = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
    // Without it, pods of the version that goes away are counted too.
    matchLabelKeys: ["pod-template-hash"],
  });
  return { topologySpreadConstraints: [over("topology.kubernetes.io/zone"), over("kubernetes.io/hostname")] };
}
