import { mkdir } from "node:fs/promises";
import path from "node:path";
import { uvPath } from "../../tools/python-tools.ts";
import { run } from "../../tools/run.ts";

/** A certificate with its key, and that of the authority that signed it: paths of PEM files. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
}

/**
 * Makes a certificate in a folder, for a server or a client.
 *
 * @param identity The name or address that it is for.
 */
export async function makeCertificate(folder: string, identity = "127.0.0.1"): Promise<Certificate> {
  await mkdir(folder, { recursive: true });
  const trustme = ["run", "--quiet", "--no-project", "--with", "trustme==1.2.1", "python", "-m", "trustme"];
  await run(await uvPath(), [...trustme, "--quiet", "--dir", folder, "--identities", identity], { cwd: folder });
  const file = (name: string) => path.join(folder, name);
  return { key: file("server.key"), certificate: file("server.pem"), authority: file("client.pem") };
}
