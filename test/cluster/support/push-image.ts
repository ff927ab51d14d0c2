import { createHash } from "node:crypto";
import type { Registry } from "./registry.ts";

/**
 * Puts a small image into a registry over its HTTP API: one manifest with a configuration and no layers.
 *
 * @param content Decides the digest.
 * @returns The manifest's digest, `sha256:…`.
 */
export async function pushImage({ url }: Registry, repository: string, tag: string, content: string): Promise<string> {
  const configuration = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", config: { Env: [content] } }));
  const config = await pushBlob(`${url}/v2/${repository}`, configuration);
  const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: "application/vnd.docker.container.image.v1+json",
      size: configuration.length,
      digest: config,
    },
    layers: [],
  });
  const response = await fetch(`${url}/v2/${repository}/manifests/${tag}`, {
    method: "PUT",
    headers: { "content-type": mediaType },
    body: manifest,
  });
  if (!response.ok) throw new Error(`The registry refuses the manifest: ${response.status} ${await response.text()}`);
  return digest(manifest);
}

async function pushBlob(repository: string, content: Buffer): Promise<string> {
  const started = await fetch(`${repository}/blobs/uploads/`, { method: "POST" });
  const upload = new URL(started.headers.get("location") ?? "");
  upload.searchParams.set("digest", digest(content));
  const response = await fetch(upload, { method: "PUT", body: new Uint8Array(content) });
  if (!response.ok) throw new Error(`The registry refuses a blob: ${response.status} ${await response.text()}`);
  return digest(content);
}

function digest(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
