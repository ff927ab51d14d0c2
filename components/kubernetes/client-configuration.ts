import type { types } from "@pulumi/kubernetes";
import type { SecretKey, TemporalEndpoint } from "./temporal-endpoint.ts";

type Variable = types.input.core.v1.EnvVar;
type Volume = types.input.core.v1.Volume;
type Mount = types.input.core.v1.VolumeMount;

/** What a pod needs to reach Temporal with its credentials, which only Secrets hold. */
export interface ClientConfiguration {
  readonly variables: Variable[];
  readonly volumes: Volume[];
  readonly mounts: Mount[];
}

const certificateFolder = "/etc/temporal/certificate";
const authorityFolder = "/etc/temporal/authority";

/** Variables and files for Temporal's own configuration by environment; the address and the namespace are the contract's. */
export function clientConfiguration({ tls, apiKey }: TemporalEndpoint): ClientConfiguration {
  const { serverName, ca, clientCertificate } = tls ?? {};
  return {
    variables: [
      ...(tls === undefined ? [] : [{ name: "TEMPORAL_TLS", value: "true" }]),
      ...(serverName === undefined ? [] : [{ name: "TEMPORAL_TLS_SERVER_NAME", value: serverName }]),
      ...(ca === undefined
        ? []
        : [{ name: "TEMPORAL_TLS_SERVER_CA_CERT_PATH", value: `${authorityFolder}/${ca.key}` }]),
      ...(clientCertificate === undefined ? [] : clientVariables),
      ...(apiKey === undefined ? [] : [{ name: "TEMPORAL_API_KEY", valueFrom: { secretKeyRef: { ...apiKey } } }]),
    ],
    volumes: [
      ...(ca === undefined ? [] : [authorityVolume(ca)]),
      ...(clientCertificate === undefined
        ? []
        : [{ name: "temporal-certificate", secret: { secretName: clientCertificate } }]),
    ],
    mounts: [
      ...(ca === undefined ? [] : [{ name: "temporal-authority", mountPath: authorityFolder, readOnly: true }]),
      ...(clientCertificate === undefined
        ? []
        : [{ name: "temporal-certificate", mountPath: certificateFolder, readOnly: true }]),
    ],
  };
}

const clientVariables: Variable[] = [
  { name: "TEMPORAL_TLS_CLIENT_CERT_PATH", value: `${certificateFolder}/tls.crt` },
  { name: "TEMPORAL_TLS_CLIENT_KEY_PATH", value: `${certificateFolder}/tls.key` },
];

/** The one key alone: others of the Secret are none of the worker's business. */
function authorityVolume({ name, key }: SecretKey): Volume {
  return { name: "temporal-authority", secret: { secretName: name, items: [{ key, path: key }] } };
}
