import { afterAll, beforeAll, expect, test } from "vitest";
import { type DigestOf, registryDigests } from "../../components/kubernetes/registry-digests.ts";
import { messageOf } from "../../errors.ts";
import { makeFolder } from "../support/folders.ts";
import { pushImage } from "./support/push-image.ts";
import { type Registry, startRegistry } from "./support/registry.ts";
import { testStack } from "./support/stack.ts";

let folder: string;
let registry: Registry;

beforeAll(async () => {
  folder = await makeFolder();
  registry = await startRegistry(folder);
});

afterAll(async () => registry?.close());

/** What a program gets from a function that it gives the digests of registries. */
async function inProgram(ask: (digestOf: DigestOf) => Promise<string>): Promise<string> {
  const stack = await testStack(async () => ({ answer: await ask(registryDigests()) }), {
    folder,
    plugins: ["docker"],
  });
  const { outputs } = await stack.up();
  return outputs.answer?.value;
}

test("a tag becomes the digest that it stands for in its registry now", async () => {
  const first = await pushImage(registry, "team/ranker", "1.4", "FIRST=1");
  const ask = (digestOf: DigestOf) => digestOf(`${registry.host}/team/ranker:1.4`);
  expect(await inProgram(ask)).toBe(first);
  const second = await pushImage(registry, "team/ranker", "1.4", "SECOND=1");
  expect(second).not.toBe(first);
  expect(await inProgram(ask)).toBe(second);
});

test("a program that asks for none has no part of the plugin", async () => {
  const program = async () => {
    registryDigests();
    return {};
  };
  const stack = await testStack(program, { folder, plugins: ["docker"] });
  await stack.up();
  const { deployment } = await stack.exportStack();
  expect(deployment.resources.map(({ type }: { type: string }) => type)).toEqual(["pulumi:pulumi:Stack"]);
});

test("an image that is not there is an error that the program can catch, and others are found all the same", async () => {
  const there = await pushImage(registry, "team/there", "1", "THERE=1");
  const answer = await inProgram(async (digestOf) => {
    const missing = await digestOf(`${registry.host}/team/missing:1`).catch(messageOf);
    return `${missing} ${await digestOf(`${registry.host}/team/there:1`)}`;
  });
  expect(answer).toBe(
    `The registry gives no digest for \`${registry.host}/team/missing:1\`: 404 Not Found. See that the image is there ` +
      "and that `docker login` was run for its registry where Pulumi runs, or write the image with its digest " +
      `(\`name:tag@sha256:…\`). ${there}`,
  );
});
