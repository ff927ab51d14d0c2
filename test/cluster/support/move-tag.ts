import type { Registry } from "./registry.ts";

/**
 * Lets a tag of a repository stand for what another one stands for, as who pushes an image anew does.
 *
 * @returns The manifest's digest, `sha256:…`.
 */
export async function moveTag(
  { url }: Registry,
  repository: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string> {
  const manifests = `${url}/v2/${repository}/manifests`;
  const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
  const found = await fetch(`${manifests}/${from}`, { headers: { accept } });
  const type = found.headers.get("content-type") ?? "";
  const moved = await fetch(`${manifests}/${to}`, {
    method: "PUT",
    headers: { "content-type": type },
    body: await found.text(),
  });
  if (!moved.ok) throw new Error(`The registry does not move the tag: ${moved.status} ${await moved.text()}`);
  return moved.headers.get("docker-content-digest") ?? "";
}
