/** Where a value is: a key of a Secret in the Kubernetes namespace of the pods that need it. Never the value itself. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** How pods reach Temporal. Plain data: credentials are references to Secrets. */
export interface TemporalEndpoint {
  /** `host:port`, as pods dial it. */
  readonly address: string;
  /** TLS to the frontend. @default none, unless there is an API key */
  readonly tls?: TemporalTls | undefined;
  /** The API key that authorizes callers. @default none */
  readonly apiKey?: SecretKey | undefined;
}

/** TLS to a Temporal frontend. */
export interface TemporalTls {
  /** The name that the server's certificate is checked against. @default the address's host */
  readonly serverName?: string | undefined;
  /** The authority that signed the server's certificate. @default the system's */
  readonly ca?: SecretKey | undefined;
  /** A Secret of type `kubernetes.io/tls` with the client's own certificate and key. @default none */
  readonly clientCertificate?: string | undefined;
}
