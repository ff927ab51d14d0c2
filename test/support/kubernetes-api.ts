import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { dumpYaml } from "@kubernetes/client-node";
import { onTestFinished, vi } from "vitest";
import { temporaryFolder } from "./folders.ts";

/**
 * An API server that has what it is given, for one test: its answers by path, 404 for all else, as the real one. The
 * kubeconfig of the test leads to it.
 */
export async function kubernetesApi(answers: Readonly<Record<string, object>>): Promise<void> {
  const server = createServer(({ url = "" }, response) => {
    const answer = answers[url.replace(/\?.*/, "")];
    response.writeHead(answer === undefined ? 404 : 200, {
      "content-type": answer === undefined ? "text/plain" : "application/json",
    });
    response.end(answer === undefined ? "404 page not found\n" : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    vi.unstubAllEnvs();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port.");
  const kubeconfig = path.join(await temporaryFolder(), "config");
  await writeFile(
    kubeconfig,
    dumpYaml({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
      clusters: [
        { name: "test", cluster: { server: `http://127.0.0.1:${address.port}`, "insecure-skip-tls-verify": true } },
      ],
      users: [{ name: "test", user: {} }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    }),
  );
  vi.stubEnv("KUBECONFIG", kubeconfig);
}

/** What an API server says of the kinds of a group: `[["Job", "jobs"]]`. */
export function kinds(groupVersion: string, names: readonly (readonly [kind: string, plural: string])[]): object {
  const resources = names.map(([kind, name]) => ({ kind, name, namespaced: true, singularName: "", verbs: ["list"] }));
  return { apiVersion: "v1", kind: "APIResourceList", groupVersion, resources };
}

/** A list of objects. */
export function listOf(apiVersion: string, kind: string, items: readonly object[] = []): object {
  return { apiVersion, kind: `${kind}List`, metadata: {}, items };
}
