import { lookup } from "node:dns/promises";
import net from "node:net";
import tls from "node:tls";
import { codeOf, messageOf } from "../../../errors.ts";
import type { TemporalCredentials } from "./credentials.ts";

/** What a probe of an address found. */
export type Finding = { readonly ok: true } | { readonly ok: false; readonly code: string };

const ok: Finding = { ok: true };
const failed = (thrown: unknown): Finding => ({ ok: false, code: codeOf(thrown) ?? messageOf(thrown) });

/** Milliseconds after which nothing more is expected of the other side. */
const patience = 2000;

/** Whether this machine knows the host. */
export async function probeName(host: string): Promise<Finding> {
  return lookup(host).then(() => ok, failed);
}

/** Whether something takes connections there. */
export async function probePort(host: string, port: number): Promise<Finding> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: patience });
    const end = (finding: Finding) => {
      socket.destroy();
      resolve(finding);
    };
    socket.once("connect", () => end(ok));
    socket.once("timeout", () => end({ ok: false, code: "ETIMEDOUT" }));
    socket.once("error", (thrown) => end(failed(thrown)));
  });
}

/** What TLS is to show. */
export interface TlsProbe {
  readonly serverName: string;
  readonly credentials: TemporalCredentials;
  /** Whether to believe whatever certificate the server has. */
  readonly trusting?: boolean;
}

/** What opens HTTP/2: a server that refuses the client's certificate says so only after the handshake (RFC 8446, 4.4.2). */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");

/** Whether a TLS connection comes to stand, and the server talks on it. */
export async function probeTls(host: string, port: number, probe: TlsProbe): Promise<Finding> {
  const { serverName, trusting = false, credentials } = probe;
  const { certificate, authority } = credentials;
  return new Promise((resolve) => {
    const end = (finding: Finding) => {
      socket.destroy();
      resolve(finding);
    };
    const socket = tls.connect({
      host,
      port,
      ALPNProtocols: ["h2"],
      rejectUnauthorized: !trusting,
      timeout: patience,
      checkServerIdentity: (_host, its) => tls.checkServerIdentity(serverName, its),
      ...(net.isIP(serverName) === 0 && { servername: serverName }),
      ...(authority && { ca: authority }),
      ...(certificate && { cert: certificate.pem, key: certificate.key }),
    });
    socket.once("secureConnect", () => (trusting ? end(ok) : socket.write(preface)));
    socket.once("data", () => end(ok));
    socket.once("timeout", () => end({ ok: false, code: "ETIMEDOUT" }));
    socket.once("close", () => end({ ok: false, code: "ECONNRESET" }));
    socket.once("error", (thrown) => end(failed(thrown)));
  });
}
