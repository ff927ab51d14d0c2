import type { V1StatefulSet } from "@kubernetes/client-node";
import { z } from "zod";
import { postgresService, postgresStatefulSet } from "../../../components/kubernetes/temporal/postgres.ts";
import type { Cluster } from "../cluster.ts";
import { importImages } from "../node/images.ts";
import { temporalClusterImages, temporalVersions } from "../node/temporal-programs.ts";
import { Objects } from "./objects.ts";
import { postgresImage, postgresImageName } from "./postgres-image.ts";
import { settingsOf } from "./settings-of.ts";
import { restrictedNamespace } from "./workloads.ts";

/** The settings of the stack `prod` as the repository has them, but for what a machine of two cores cannot give. */
export async function prodSettings(): Promise<Readonly<Record<string, unknown>>> {
  const settings = await settingsOf("prod");
  const { services, ...temporal } = z
    .looseObject({ services: z.record(z.string(), z.looseObject({})) })
    .parse(settings.temporal);
  const small = Object.entries(services).map(([name, service]) => [name, { ...service, cpu: "10m" }]);
  const images = { uiVersion: temporalVersions.ui };
  // Each is loaded anew when its server comes back from a crash.
  const numHistoryShards = 16;
  return { ...settings, temporal: { ...temporal, numHistoryShards, services: Object.fromEntries(small), images } };
}

const password = { name: "temporal-database", key: "password" };
const place = { stack: "platform/databases", namespace: "databases" };

/** Gives a cluster what the stack `prod` expects to be there: images, a PostgreSQL, and its password. */
export async function provideForProd(cluster: Cluster, onProgress: (line: string) => void): Promise<void> {
  const images = [...(await temporalClusterImages(onProgress)), await postgresImage(onProgress)];
  for (const image of images) await importImages(cluster.folder, image);
  const objects = new Objects(cluster.kubeconfig);
  for (const namespace of [place.namespace, "temporal"]) {
    await objects.create(restrictedNamespace(namespace));
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: password.name, namespace } };
    await objects.create({ ...secret, stringData: { [password.key]: "of-the-test" } });
  }
  const service = { ...postgresService(place), metadata: { name: "postgres", namespace: place.namespace } };
  await objects.create({ apiVersion: "v1", kind: "Service", ...service });
  const { metadata, spec } = postgresStatefulSet(place, postgres);
  const server = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { ...metadata, namespace: place.namespace },
    spec,
  };
  await objects.create(server);
  await objects.wait<V1StatefulSet>(server, (found) => found?.status?.readyReplicas === 1);
}

/** One like those that the product makes for small stacks. */
const postgres = {
  kind: "own",
  size: 1024 ** 3,
  storageClass: undefined,
  image: postgresImageName,
  cpu: 10,
  memory: 1024 ** 3,
  user: "temporal",
  database: "temporal",
  visibilityDatabase: "temporal_visibility",
  password,
  generated: false,
  deleteWithStack: true,
} as const;
