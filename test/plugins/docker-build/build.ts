import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { cacheDirectory } from "../../../tools/cache.ts";
import { run } from "../../../tools/run.ts";
import { fetchContext } from "./git-context.ts";
import { type ImageInputs, isRemote } from "./image-inputs.ts";

/** Builds images one after the other: two builds of `buildah` that push one layer to a cache at once spoil it. */
export function imageBuilder(): typeof build {
  let last: Promise<unknown> = Promise.resolve();
  return (inputs) => {
    const next = last.then(() => build(inputs));
    last = next.catch(() => undefined);
    return next;
  };
}

/** Builds an image with Debian's `buildah` and pushes its tags, where that is asked for. @returns its digest */
async function build(inputs: ImageInputs): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "conduit-build-"));
  try {
    const context = await contextFolder(inputs, folder);
    const id = path.join(folder, "image");
    await buildah("build", ...(await buildArguments(inputs, folder, context)), "--iidfile", id, context);
    return await publish(inputs, await readFile(id, "utf8"), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function contextFolder({ context, secrets }: ImageInputs, folder: string): Promise<string> {
  if (!isRemote(context.location)) return path.resolve(context.location);
  const into = path.join(folder, "context");
  await mkdir(into);
  return await fetchContext(context.location, into, secrets);
}

async function buildArguments(inputs: ImageInputs, folder: string, context: string): Promise<string[]> {
  const { buildArgs, cacheFrom, cacheTo, dockerfile, labels, noCache, platforms, pull, secrets, target } = inputs;
  const file = path.join(folder, "Dockerfile");
  if (dockerfile.inline !== undefined) await writeFile(file, dockerfile.inline);
  const place = dockerfile.inline === undefined ? path.resolve(context, dockerfile.location ?? "Dockerfile") : file;
  const caches = (all: ImageInputs["cacheFrom"]) =>
    all.flatMap(({ registry, disabled }) => (registry && !disabled ? [registry.ref.replace(/:[^/]*$/, "")] : []));
  return [
    ...["--isolation=chroot", "--format=docker", "--file", place, ...registryArguments(inputs)],
    ...(noCache ? ["--no-cache"] : ["--layers"]),
    ...(pull ? ["--pull-always"] : []),
    ...(target ? ["--target", target] : []),
    ...platforms.flatMap((platform) => ["--platform", platform]),
    ...Object.entries(buildArgs).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    ...Object.entries(inputs.context.named ?? {}).flatMap(([name, { location }]) => [
      "--build-context",
      `${name}=${isRemote(location) ? location : path.resolve(location)}`,
    ]),
    ...caches(cacheFrom).flatMap((ref) => ["--cache-from", ref]),
    ...caches(cacheTo).flatMap((ref) => ["--cache-to", ref]),
    ...(await secretArguments(secrets, folder)),
  ];
}

/** In files, and so in no list of processes. */
async function secretArguments(secrets: Readonly<Record<string, string>>, folder: string): Promise<string[]> {
  const places = path.join(folder, "secrets");
  await mkdir(places, { mode: 0o700 });
  const all = Object.entries(secrets).map(async ([id, value]) => {
    await writeFile(path.join(places, id), value, { mode: 0o600 });
    return ["--secret", `id=${id},src=${path.join(places, id)}`];
  });
  return (await Promise.all(all)).flat();
}

async function publish(inputs: ImageInputs, image: string, folder: string): Promise<string> {
  const { push, tags } = inputs;
  if (!push) return image;
  const digest = path.join(folder, "digest");
  for (const tag of tags) {
    await buildah("push", ...registryArguments(inputs), "--digestfile", digest, image, `docker://${tag}`);
  }
  return (await readFile(digest, "utf8")).trim();
}

/** Plain HTTP for registries of this machine; accounts as `docker login` leaves them. */
function registryArguments({ tags }: ImageInputs): string[] {
  const isLocal = tags.some((tag) => /^(127\.0\.0\.1|localhost)[:/]/.test(tag));
  const accounts = path.join(process.env.DOCKER_CONFIG ?? path.join(homedir(), ".docker"), "config.json");
  return [...(isLocal ? ["--tls-verify=false"] : []), ...(process.env.DOCKER_CONFIG ? ["--authfile", accounts] : [])];
}

/** The layers that were built before are in a store of the stand-in's own. */
async function buildah(...args: string[]): Promise<void> {
  const store = process.env.CONDUIT_TEST_BUILDAH ?? path.join(cacheDirectory(), "test", "buildah");
  const storage = ["--root", path.join(store, "root"), "--runroot", path.join(store, "run")];
  await run("buildah", [...storage, ...args]);
}
