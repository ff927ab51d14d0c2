import pb from "@pulumi/pulumi/proto/provider_pb.js";
import type { DetailedChange } from "./diff.ts";
import type { DiffAnswer } from "./provider.ts";

const { Kind } = pb.PropertyDiff;
const kinds = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

/** The answer to a diff as the engine's message. */
export function diffAnswer({ changes, replaces, deleteBeforeReplace }: DiffAnswer): pb.DiffResponse {
  const all = [...changes.filter((change) => change.replaces).map(({ path }) => path), ...replaces];
  const { DIFF_SOME, DIFF_NONE } = pb.DiffResponse.DiffChanges;
  const response = new pb.DiffResponse();
  response.setChanges(changes.length > 0 || all.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList(all);
  response.setDeletebeforereplace(all.length > 0 && deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const change of changes) response.getDetaileddiffMap().set(change.path, propertyDiff(change));
  return response;
}

function propertyDiff({ kind, replaces }: DetailedChange): pb.PropertyDiff {
  const diff = new pb.PropertyDiff();
  const [inPlace, replacing] = kinds[kind];
  diff.setKind(replaces ? replacing : inPlace);
  // What is deleted was in the inputs; the rest the engine finds in the outputs.
  diff.setInputdiff(kind === "delete");
  return diff;
}
