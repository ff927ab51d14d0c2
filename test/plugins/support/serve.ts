import { type handleUnaryCall, Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { engineLog } from "./engine-log.ts";
import { incompleteMetadata } from "./incomplete-metadata.ts";
import { type Difference, Incomplete, type Json, type Made, type Plugin } from "./plugin.ts";

const { CheckFailure, CheckResponse, ConfigureResponse, CreateResponse, DiffResponse, GetSchemaResponse } = providerPb;
const { InvokeResponse, PropertyDiff, ReadResponse, UpdateResponse } = providerPb;

/**
 * Serves a plugin to the engine that started this process, and ends with it. The service is implemented on the protocol's
 * own stubs, since the SDK's interface for providers hands over neither configuration nor whether a call is a preview.
 */
export async function serve(plugin: Plugin): Promise<void> {
  const [engine = ""] = process.argv.slice(2);
  endWithEngine();
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(providerRpc.ResourceProviderService, serviceOf(plugin, engine));
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (failed: Error | null, bound: number) => (failed ? reject(failed) : resolve(bound));
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), bound);
  });
  process.stdout.write(`${port}\n`);
}

/** A killed engine ends no plugin. */
function endWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, 500).unref();
}

function serviceOf(plugin: Plugin, engine: string) {
  const log = engineLog(engine);
  return {
    getPluginInfo: unary(async () => new pluginPb.PluginInfo().setVersion(plugin.version)),
    getSchema: unary(async () => new GetSchemaResponse().setSchema("{}")),
    cancel: unary(async () => new emptyPb.Empty()),
    attach: unary(async () => new emptyPb.Empty()),
    checkConfig: unary(async (request: providerPb.CheckRequest) =>
      new CheckResponse().setInputs(structOf(jsonOf(request.getNews()))),
    ),
    diffConfig: unary(async (request: providerPb.DiffRequest) => {
      const olds = request.getOldInputs() ?? request.getOlds();
      return differenceOf({ changes: canonical(jsonOf(olds)) !== canonical(jsonOf(request.getNews())) });
    }),
    configure: unary(async (request: providerPb.ConfigureRequest) => {
      await plugin.configure?.(jsonOf(request.getArgs()));
      return new ConfigureResponse().setSupportspreview(true);
    }),
    invoke: unary(async (request: providerPb.InvokeRequest) => {
      if (!plugin.invoke) throw new Error(`There is no function ${request.getTok()}.`);
      return new InvokeResponse().setReturn(structOf(await plugin.invoke(request.getTok(), jsonOf(request.getArgs()))));
    }),
    check: unary(async (request: providerPb.CheckRequest) => {
      const olds = request.getOlds();
      const call = { ...resourceOf(request), olds: olds && jsonOf(olds), news: jsonOf(request.getNews()) };
      const { inputs, failures = [] } = (await plugin.check?.(call)) ?? { inputs: call.news };
      const list = failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason));
      return new CheckResponse().setInputs(structOf(inputs)).setFailuresList(list);
    }),
    diff: unary(async (request: providerPb.DiffRequest) =>
      differenceOf((await plugin.diff?.(changeOf(request))) ?? { changes: false }),
    ),
    create: unary(async (request: providerPb.CreateRequest) => {
      const properties = jsonOf(request.getProperties());
      const [preview, timeout] = [request.getPreview(), request.getTimeout()];
      const call = { ...resourceOf(request), inputs: properties, preview, timeout };
      const { id, outputs } = await given(plugin.create)(call, log(call.urn));
      return new CreateResponse().setId(id).setProperties(structOf(outputs));
    }),
    update: unary(async (request: providerPb.UpdateRequest) => {
      const call = { ...changeOf(request), preview: request.getPreview(), timeout: request.getTimeout() };
      const { outputs }: Made = await given(plugin.update)(call, log(call.urn));
      return new UpdateResponse().setProperties(structOf(outputs));
    }),
    read: unary(async (request: providerPb.ReadRequest) => {
      const [outputs, inputs] = [jsonOf(request.getProperties()), jsonOf(request.getInputs())];
      const live = await given(plugin.read)({ ...resourceOf(request), id: request.getId(), outputs, inputs });
      if (live === undefined) return new ReadResponse();
      const answer = new ReadResponse().setId(live.id).setProperties(structOf(live.outputs));
      return answer.setInputs(structOf(live.inputs));
    }),
    delete: unary(async (request: providerPb.DeleteRequest) => {
      const [outputs, inputs] = [jsonOf(request.getProperties()), jsonOf(request.getOldInputs())];
      const call = { ...resourceOf(request), id: request.getId(), outputs, inputs, timeout: request.getTimeout() };
      await given(plugin.delete)(call, log(call.urn));
      return new emptyPb.Empty();
    }),
  };
}

/** One call: what it throws is told to the engine by its message, with the state of what is there but not right. */
function unary<Request, Response>(work: (request: Request) => Promise<Response>): handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    work(request).then(
      (response) => callback(null, response),
      (thrown: unknown) => {
        const details = thrown instanceof Error ? thrown.message : String(thrown);
        const metadata = thrown instanceof Incomplete ? incompleteMetadata(thrown) : new Metadata();
        callback({ code: status.UNKNOWN, details, metadata });
      },
    );
  };
}

function given<T>(method: T | undefined): T {
  if (method === undefined) throw new Error("The plugin does not offer this.");
  return method;
}

/** What requests on a resource have in common. `urn:pulumi:stack::project::parent$type::name` → `type`. */
function resourceOf(request: { getUrn(): string }): { urn: string; type: string } {
  const urn = request.getUrn();
  return { urn, type: urn.split("::")[2]?.split("$").at(-1) ?? "" };
}

function changeOf(request: providerPb.DiffRequest | providerPb.UpdateRequest) {
  const [olds, oldInputs, news] = [request.getOlds(), request.getOldInputs(), request.getNews()].map(jsonOf);
  return {
    ...resourceOf(request),
    id: request.getId(),
    olds: olds ?? {},
    oldInputs: oldInputs ?? {},
    news: news ?? {},
    ignoreChanges: request.getIgnorechangesList(),
  };
}

function differenceOf({ changes, diffs = [], replaces = [], deleteBeforeReplace = false }: Difference) {
  const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
  const { UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
  const response = new DiffResponse().setChanges(changes ? DIFF_SOME : DIFF_NONE);
  response
    .setReplacesList([...replaces])
    .setDiffsList([...diffs])
    .setDeletebeforereplace(deleteBeforeReplace);
  for (const place of diffs) {
    const kind = replaces.includes(place) ? UPDATE_REPLACE : UPDATE;
    response.getDetaileddiffMap().set(place, new PropertyDiff().setKind(kind).setInputdiff(true));
  }
  return response.setHasdetaileddiff(diffs.length > 0);
}

function jsonOf(struct: structPb.Struct | undefined): Json {
  return struct?.toJavaScript() ?? {};
}

function structOf(value: Json): structPb.Struct {
  // Through JSON: what is undefined is left out, as the protocol has no word for it.
  return structPb.Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
