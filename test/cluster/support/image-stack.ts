import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { algorithmImages } from "../../../components/kubernetes/algorithm-images.ts";
import { kubernetesRecipe } from "../../../components/kubernetes/image-recipe.ts";
import { imagesSettings } from "../../../components/kubernetes/image-settings.ts";
import { previousOutputs } from "../../../components/kubernetes/previous-outputs.ts";
import { Release } from "../../../components/release.ts";
import { resolveRegistry } from "../../../registry/resolve.ts";
import { readWorkerImageContext, writeWorkerImageContext } from "../../../runtime/worker-image-context.ts";
import { resolveCandidates } from "../../../stacks/candidates.ts";
import { previousState } from "../../../stacks/previous-state.ts";
import { run } from "../../../tools/run.ts";
import type { Registry } from "./registry.ts";
import { testStack } from "./stack.ts";

export interface ImageStackOptions {
  /** Holds the state, and a folder for each machine. */
  readonly folder: string;
  readonly registry: Registry;
  /** Whose caches there are: a machine has only what it has made itself. */
  readonly machine: string;
  /** Sources by the name of their algorithm. */
  readonly algorithms: Readonly<Record<string, object>>;
  /** More build secrets. */
  readonly secrets?: Readonly<Record<string, object>>;
}

/** A stack of releases and images alone, whose outputs are the images by the name of their algorithm. */
export async function imageStack(options: ImageStackOptions): Promise<Stack> {
  const { folder, registry, machine } = options;
  const home = path.join(folder, machine);
  const written = Object.entries(options.algorithms).map(([name, source]) => {
    return [name, { namespace: "speech", owner: "us", source }];
  });
  const { algorithms } = resolveRegistry(
    { namespaces: { speech: { owner: "us" } }, algorithms: Object.fromEntries(written) },
    "test",
  );
  const images = imagesSettings.parse({
    registry: `${registry.host}/algorithms`,
    python: `${registry.host}/python:{version}`,
    cache: `${registry.host}/cache`,
    secrets: { ca: { file: "/etc/ssl/certs/ca-certificates.crt" }, ...options.secrets },
  });
  const program = async () => {
    const { digest, ...context } = await readWorkerImageContext();
    await writeWorkerImageContext({ digest, ...context }, path.join(folder, "project", ".conduit", "images"));
    const releases = (await previousState(previousOutputs)).ofType("conduit:index:Release");
    const previous = new Map(releases.map(({ name, outputs }) => [name, outputs]));
    const location = `.conduit/images/${digest}`;
    const imageOf = algorithmImages({ images, context: { digest, location }, previous, built: new Map() });
    const candidates = await resolveCandidates(algorithms, kubernetesRecipe(images, digest), {
      form: "remote",
      cache: path.join(home, "cache"),
      projectDirectory: folder,
      previous,
    });
    const outputs = algorithms.map((entry) => {
      const { name } = entry;
      const candidate = candidates.get(name) ?? { problem: "" };
      const release = new Release(name, { algorithm: name, candidate });
      return [name, imageOf(name, { entry, release, candidate }, release).image];
    });
    return Object.fromEntries(outputs);
  };
  const environment = { CONDUIT_TEST_BUILDAH: path.join(home, "builds") };
  return await testStack(program, { folder, plugins: ["docker-build"], environment });
}

/** Runs a command in an image, as pods do: as its own user. Answers what it prints. */
export async function runInImage(folder: string, image: string, ...command: string[]): Promise<string> {
  const store = path.join(folder, "runs");
  const buildah = (...args: string[]) =>
    run("buildah", ["--root", path.join(store, "root"), "--runroot", path.join(store, "run"), ...args]);
  const container = (await buildah("from", "--tls-verify=false", image)).trim();
  return await buildah("run", "--isolation=chroot", container, "--", ...command);
}
