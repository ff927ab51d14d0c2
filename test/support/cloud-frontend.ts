import { readFile } from "node:fs/promises";
import http2 from "node:http2";
import type { Certificate } from "./certificate.ts";
import { type Frontend, listen } from "./tls-frontend.ts";

/** What a stand-in for Temporal Cloud asks of its callers. */
export interface CloudFrontendArgs {
  /** `host:port` of a server without TLS that does the work, where the namespaces are made beforehand. */
  readonly behind: string;
  readonly certificate: Certificate;
  readonly apiKey: string;
  /** The namespaces that the key is let in to, by their full names. */
  readonly namespaces: readonly string[];
}

/** A stand-in, with what it was asked. */
export interface CloudFrontend extends Frontend {
  /** Names of the calls so far, such as `DescribeNamespace`. */
  readonly calls: string[];
}

/** Calls that Temporal Cloud has only in its own control plane. */
const refused = ["RegisterNamespace", "UpdateNamespace", "DeprecateNamespace", "DeleteNamespace"];
/** Calls that are about no namespace. */
const ofServer = ["GetSystemInfo", "GetClusterInfo"];

/**
 * Temporal Cloud's frontend as its callers meet it: TLS, an API key, the namespace named in a header of each call, and
 * nothing that makes or changes namespaces.
 */
export async function startCloudFrontend(args: CloudFrontendArgs): Promise<CloudFrontend> {
  const { key, certificate } = args.certificate;
  const server = http2.createSecureServer({ key: await readFile(key), cert: await readFile(certificate) });
  const inner = http2.connect(`http://${args.behind}`);
  const calls: string[] = [];
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    const call = String(headers[":path"]).split("/").at(-1) ?? "";
    calls.push(call);
    const refusal = refusalOf(args, call, headers);
    if (refusal) {
      stream.respond({ ":status": 200, "content-type": "application/grpc", ...refusal }, { endStream: true });
      return;
    }
    const { authorization: _, ...passed } = headers;
    const outgoing = inner.request({ ...passed, ":scheme": "http", ":authority": args.behind });
    outgoing.on("error", () => stream.destroy());
    stream.pipe(outgoing);
    outgoing.on("response", (answer, flags) => {
      const endStream = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(answer, endStream ? { endStream } : { waitForTrailers: true });
      let trailers: http2.IncomingHttpHeaders = {};
      outgoing.on("trailers", (last) => {
        trailers = last;
      });
      if (endStream) return;
      stream.on("wantTrailers", () => stream.sendTrailers(trailers));
      outgoing.pipe(stream);
    });
    stream.on("close", () => outgoing.close());
  });
  const frontend = await listen(server);
  const close = async () => {
    inner.destroy();
    await frontend.close();
  };
  return { ...frontend, calls, close };
}

/** gRPC's status for a call that is not let through. */
function refusalOf({ apiKey, namespaces }: CloudFrontendArgs, call: string, headers: http2.IncomingHttpHeaders) {
  const unauthorized = { "grpc-status": "7", "grpc-message": "Request unauthorized." };
  if (headers.authorization !== `Bearer ${apiKey}`) return unauthorized;
  if (ofServer.includes(call)) return undefined;
  if (refused.includes(call)) return unauthorized;
  return namespaces.includes(String(headers["temporal-namespace"])) ? undefined : unauthorized;
}
