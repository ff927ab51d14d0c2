import { isFileUrl, localPathOf, placeOfFileUrl } from "./requirements-file.ts";
import { isTable, type Table, tableIn, tablesIn, textsIn } from "./toml.ts";

/** A package that is a folder or a file on this machine. */
export interface LocalPackage {
  /** As written: relative to the algorithm's folder, or absolute. */
  readonly place: string;
  /** The file that asks for it. */
  readonly origin: string;
}

/** The local packages that the `[project]` of a `pyproject.toml` depends on, by itself or through `[tool.uv.sources]`. */
export function packagesOfProject(pyproject: Table): LocalPackage[] {
  const places = textsIn(tableIn(pyproject, "project").dependencies).flatMap((requirement) => {
    const direct = localPathOf(requirement);
    if (direct !== undefined) return [direct];
    return sourcesOf(pyproject, requirement).flatMap((source) => placeIn(source) ?? []);
  });
  return places.map((place) => ({ place, origin: "pyproject.toml" }));
}

/** The dependencies that a `pyproject.toml` takes from the uv workspace around it. */
export function workspaceMembers(pyproject: Table): string[] {
  const dependencies = textsIn(tableIn(pyproject, "project").dependencies).map(normalizedName);
  return dependencies.filter((name) => sourcesOf(pyproject, name).some(({ workspace }) => workspace === true));
}

function sourcesOf(pyproject: Table, requirement: string): Table[] {
  const sources = Object.entries(tableIn(pyproject, "tool", "uv", "sources"));
  const source = sources.find(([key]) => normalizedName(key) === normalizedName(requirement))?.[1];
  return isTable(source) ? [source] : tablesIn(source);
}

/** The local packages that the project of a `uv.lock` needs, also through other local ones; not those of its groups. */
export function packagesOfLock(lock: Table): LocalPackage[] {
  const packages = new Map(tablesIn(lock.package).map((one) => [one.name, one]));
  const open = [...packages.values()].filter((one) => placeInLock(one) === ".");
  const seen = new Set(open);
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    const optional = Object.values(tableIn(one, "optional-dependencies")).flatMap(tablesIn);
    for (const { name } of [...tablesIn(one.dependencies), ...optional]) {
      const needed = packages.get(name);
      if (needed === undefined || seen.has(needed)) continue;
      seen.add(needed);
      open.push(needed);
    }
  }
  return [...seen].flatMap((needed) => {
    const place = placeInLock(needed);
    return place === undefined || place === "." ? [] : [{ place, origin: "uv.lock" }];
  });
}

/** The local packages of a `pylock.toml`. */
export function packagesOfPylock(lock: Table): LocalPackage[] {
  const places = tablesIn(lock.packages).flatMap((one) => {
    const kinds = ["directory", "archive", "sdist", "vcs"].map((kind) => tableIn(one, kind));
    return [...kinds, ...tablesIn(one.wheels)].flatMap((source) => placeIn(source) ?? []);
  });
  return places.map((place) => ({ place, origin: "pylock.toml" }));
}

/** A package's name as indexes compare it. */
export function normalizedName(requirement: string): string {
  const name = /^\s*([\w.-]+)/.exec(requirement)?.[1] ?? "";
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function placeInLock(one: Table): string | undefined {
  return placeIn(tableIn(one, "source"));
}

/** Where on this machine a source is, also as a repository or an archive there. */
function placeIn({ editable, directory, virtual, path, git, url }: Table): string | undefined {
  const [place] = textsIn([editable, directory, virtual, path]);
  return place ?? textsIn([git, url]).filter(isFileUrl).map(placeOfFileUrl)[0];
}
