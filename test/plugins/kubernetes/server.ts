import type grpc from "@grpc/grpc-js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import type { Cluster } from "./cluster.ts";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { diffAnswer } from "./diff-answer.ts";
import { grpcError } from "./grpc-error.ts";
import { checkInputs, configure, diffInputs } from "./provider.ts";
import { providerChanges } from "./provider-changes.ts";
import { read } from "./read.ts";
import { parseState } from "./state.ts";
import { fromStruct, toStruct } from "./struct.ts";
import { sentence } from "./unsupported.ts";
import { update } from "./update.ts";

/**
 * The engine's service for a provider plugin. Each method translates messages; what it decides is elsewhere.
 *
 * @param version The version of the SDK that the plugin stands in for, which is the one the engine asks for.
 */
export function service(version: string, tell: Cluster["tell"]): grpc.UntypedServiceImplementation {
  const cancelled = new AbortController();
  let configured: Cluster | undefined;
  const cluster = () => {
    if (configured === undefined) throw new Error("The kubernetes provider is used before it is configured.");
    return configured;
  };
  return {
    getPluginInfo: unary(async (_: emptyPb.Empty) => {
      const info = new pluginPb.PluginInfo();
      info.setVersion(version);
      return info;
    }),
    getSchema: unary(async (_: pb.GetSchemaRequest) => {
      const response = new pb.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: "kubernetes", version }));
      return response;
    }),
    attach: unary(async (_: pluginPb.PluginAttach) => new emptyPb.Empty()),
    cancel: unary(async (_: emptyPb.Empty) => {
      cancelled.abort();
      return new emptyPb.Empty();
    }),
    checkConfig: unary(async (request: pb.CheckRequest) => {
      const response = new pb.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(async (request: pb.DiffRequest) => {
      const { changed, replaces } = providerChanges(fromStruct(request.getOlds()), fromStruct(request.getNews()));
      const response = new pb.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = pb.DiffResponse.DiffChanges;
      response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList([...changed]);
      response.setReplacesList([...replaces]);
      return response;
    }),
    configure: unary(async (request: pb.ConfigureRequest) => {
      configured = await configure(new Map(request.getVariablesMap().entries()), cancelled.signal, tell);
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    invoke: unary(async (request: pb.InvokeRequest): Promise<pb.InvokeResponse> => {
      throw new Error(sentence(request.getTok()));
    }),
    construct: unary(async (request: pb.ConstructRequest): Promise<pb.ConstructResponse> => {
      throw new Error(sentence(request.getType()));
    }),
    check: unary(async (request: pb.CheckRequest) => {
      const proposedName = request.getAutonaming()?.getProposedName();
      const inputs = await checkInputs(cluster(), {
        urn: request.getUrn(),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
        seed: request.getRandomseed_asU8(),
        proposedName: proposedName === "" ? undefined : proposedName,
      });
      const response = new pb.CheckResponse();
      response.setInputs(toStruct(inputs));
      return response;
    }),
    diff: unary(async (request: pb.DiffRequest) =>
      diffAnswer(
        await diffInputs(cluster(), {
          urn: request.getUrn(),
          olds: fromStruct(request.getOlds()),
          news: fromStruct(request.getNews()),
          ignoreChanges: request.getIgnorechangesList(),
        }),
      ),
    ),
    create: unary(async (request: pb.CreateRequest) => {
      const { id, properties } = await create(cluster(), {
        urn: request.getUrn(),
        inputs: fromStruct(request.getProperties()),
        timeout: request.getTimeout(),
        preview: request.getPreview(),
      });
      const response = new pb.CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(properties));
      return response;
    }),
    read: unary(async (request: pb.ReadRequest) => {
      const properties = fromStruct(request.getProperties());
      const isImport = Object.keys(properties).length === 0;
      const found = await read(cluster(), {
        urn: request.getUrn(),
        id: request.getId(),
        state: isImport ? undefined : parseState(properties, request.getUrn()),
        inputs: fromStruct(request.getInputs()),
      });
      const response = new pb.ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(toStruct(found.properties));
      response.setInputs(toStruct(found.inputs));
      return response;
    }),
    update: unary(async (request: pb.UpdateRequest) => {
      const properties = await update(cluster(), {
        urn: request.getUrn(),
        state: parseState(fromStruct(request.getOlds()), request.getUrn()),
        inputs: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
        timeout: request.getTimeout(),
        preview: request.getPreview(),
      });
      const response = new pb.UpdateResponse();
      response.setProperties(toStruct(properties));
      return response;
    }),
    delete: unary(async (request: pb.DeleteRequest) => {
      const properties = fromStruct(request.getProperties());
      const state = parseState(properties, request.getUrn());
      await remove(cluster(), { urn: request.getUrn(), state, properties, timeout: request.getTimeout() });
      return new emptyPb.Empty();
    }),
  };
}

function unary<Request, Response>(
  answer: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (thrown) => callback(grpcError(thrown)),
    );
  };
}
