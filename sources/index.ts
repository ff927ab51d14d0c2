export { resolveMock } from "./mock.ts";
export { resolveSource, sourceResolver } from "./resolve-source.ts";
export {
  type FolderSource,
  type GitSource,
  MOCK_COMMIT,
  type MockSource,
  NO_COMMIT,
  type ResolvedSource,
  type Source,
  type SourceOptions,
} from "./types.ts";
