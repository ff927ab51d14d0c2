import { createHash } from "node:crypto";
import http from "node:http";
import path from "node:path";
import { z } from "zod";

const health = z.looseObject({
  status: z.enum(["starting", "ready", "draining"]),
  inFlight: z.number(),
  /** Activities that it has begun since it started. */
  taken: z.number().default(0),
  activities: z.array(z.looseObject({ name: z.string() })),
});

/** Where a worker serves its health. Named by the digest alone: a socket's path is short. */
export function healthSocket(runDirectory: string, program: string): string {
  const digest = createHash("sha256").update(program).digest("hex").slice(0, 12);
  return path.join(runDirectory, `${digest}.sock`);
}

/** What a worker says of itself at `/healthz`. */
export type WorkerHealth = z.infer<typeof health>;

/** Asks a worker over its health socket. Rejects when it does not answer. */
export async function askHealth(socket: string): Promise<WorkerHealth> {
  const { body } = await get(socket, "/healthz");
  return health.parse(JSON.parse(body));
}

/** Whether the Temporal server lists the worker as a poller; false while it does not answer. */
export async function isReady(socket: string): Promise<boolean> {
  try {
    return (await get(socket, "/readyz")).status === 200;
  } catch {
    return false;
  }
}

function get(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path, timeout: 2000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.on("timeout", () => request.destroy(new Error("The worker did not answer for 2 s.")));
    request.on("error", reject);
  });
}
