import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { run } from "../../tools/run.ts";

/** Someone who holds a certificate: the common name is the user, the organisation is the group. */
export interface Holder {
  readonly name: string;
  readonly user: string;
  readonly group?: string;
  /** For a server: what it is reached as, such as `IP:127.0.0.1` or `DNS:localhost`. */
  readonly reachedAs?: readonly string[];
}

/** Names no defaults, so that a certificate holds what the command line says and no more. */
const configuration = "[req]\ndistinguished_name = none\n[none]\n";
const days = ["-days", "3650"];
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/**
 * Makes the keys and certificates of a cluster in a folder: of two authorities (`ca`, `front-proxy-ca`), of servers and of
 * clients, each as `<name>.crt` and `<name>.key`; and the key that signs the tokens of service accounts,
 * `service-accounts.key`.
 *
 * @param address Of the API server.
 * @param nodeAddress Of the nodes' server.
 * @param more Those who hold one beside the control plane's own.
 */
export async function makeCertificates(
  folder: string,
  address: string,
  nodeAddress: string,
  more: readonly Holder[] = [],
): Promise<void> {
  await writeFile(path.join(folder, "openssl.cnf"), configuration);
  await Promise.all(["ca", "front-proxy-ca"].map((name) => makeAuthority(folder, name)));
  const serverNames = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"];
  const server = [...serverNames.map((name) => `DNS:${name}`), `IP:${address}`, "IP:127.0.0.1", "IP:10.96.0.1"];
  const holders: Holder[] = [
    { name: "kube-apiserver", user: "kube-apiserver", reachedAs: server },
    { name: "node", user: "system:node", group: "system:nodes", reachedAs: [`IP:${nodeAddress}`] },
    { name: "admin", user: "admin", group: "system:masters" },
    { name: "kwok", user: "kwok", group: "system:masters" },
    { name: "kubelet-client", user: "kube-apiserver-kubelet-client", group: "system:masters" },
    { name: "kube-controller-manager", user: "system:kube-controller-manager" },
    { name: "kube-scheduler", user: "system:kube-scheduler" },
  ];
  await Promise.all([
    ...[...holders, ...more].map((holder) => makeCertificate(folder, "ca", holder)),
    makeCertificate(folder, "front-proxy-ca", { name: "front-proxy-client", user: "front-proxy-client" }),
    openssl(folder, "genpkey", "-algorithm", "RSA", "-out", "service-accounts.key"),
  ]);
}

/** A kubeconfig for one user, with all that it needs in it, as JSON (which is YAML too). */
export async function kubeconfig(folder: string, user: string, address: string): Promise<string> {
  const encoded = async (file: string) => (await readFile(path.join(folder, file))).toString("base64");
  const cluster = { server: `https://${address}:6443`, "certificate-authority-data": await encoded("ca.crt") };
  const credentials = {
    "client-certificate-data": await encoded(`${user}.crt`),
    "client-key-data": await encoded(`${user}.key`),
  };
  const name = "conduit-test";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user: credentials }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

async function makeAuthority(folder: string, name: string): Promise<void> {
  const use = [
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign,digitalSignature",
  ];
  await request(folder, name, `/CN=conduit-test-${name}`, [...use, "-addext", "subjectKeyIdentifier=hash"]);
}

async function makeCertificate(folder: string, authority: string, holder: Holder): Promise<void> {
  const { name, user, group, reachedAs } = holder;
  const uses = reachedAs === undefined ? "clientAuth" : "serverAuth,clientAuth";
  const names = reachedAs === undefined ? [] : ["-addext", `subjectAltName=${reachedAs.join(",")}`];
  const subject = `${group === undefined ? "" : `/O=${group}`}/CN=${user}`;
  const signed = ["-CA", `${authority}.crt`, "-CAkey", `${authority}.key`];
  await request(folder, name, subject, [...signed, "-addext", `extendedKeyUsage=${uses}`, ...names]);
}

async function request(folder: string, name: string, subject: string, more: readonly string[]): Promise<void> {
  const files = ["-keyout", `${name}.key`, "-out", `${name}.crt`];
  await openssl(
    folder,
    "req",
    "-config",
    "openssl.cnf",
    "-x509",
    ...days,
    ...newKey,
    ...files,
    "-subj",
    subject,
    ...more,
  );
}

async function openssl(folder: string, ...args: string[]): Promise<void> {
  await run("openssl", args, { cwd: folder });
}
