import { posix } from "node:path";
import type { GitRelease } from "../../sources/release-source.ts";
import { runWithSecrets } from "./build-secrets.ts";
import type { ImagesSettings } from "./image-settings.ts";
import { codeFolder } from "./worker-volumes.ts";

/** Who workers run as. */
const user = "1000:1000";

/**
 * The Dockerfile of what all images for one version of Python share: uv, the worker's packages, and the worker itself, in
 * layers of their own. Its context holds `install.sh`, `uv.txt`, `requirements.txt`, `worker.in` and `src/`.
 *
 * There is no `# syntax=` line: it would have the builder fetch a frontend.
 */
export function workerBaseDockerfile(python: string, settings: Pick<ImagesSettings, "python" | "secrets">): string {
  return lines(
    `FROM ${settings.python.replaceAll("{version}", python)}`,
    "USER 0:0",
    "COPY install.sh uv.txt requirements.txt worker.in /opt/conduit/",
    `${runWithSecrets(settings.secrets, "base")} sh /opt/conduit/install.sh base`,
    "COPY src /opt/conduit/runtime",
    "RUN /opt/conduit/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/conduit/runtime \\",
    ` && mkdir -p /home/conduit ${codeFolder} && chown ${user} /home/conduit \\`,
    " && echo 'conduit:x:1000:1000::/home/conduit:/bin/false' >> /etc/passwd && echo 'conduit:x:1000:' >> /etc/group",
    "ENV PATH=/opt/conduit/venv/bin:$PATH PYTHONPATH=/opt/conduit/runtime PYTHONUNBUFFERED=1 \\",
    " PYTHONDONTWRITEBYTECODE=1 HOME=/home/conduit",
    `WORKDIR ${codeFolder}`,
    `USER ${user}`,
    'ENTRYPOINT ["/opt/conduit/venv/bin/python", "-m", "algorithm_conduit", "run"]',
  );
}

/** What decides an algorithm's Dockerfile. */
export interface AlgorithmDockerfileArgs {
  readonly algorithm: string;
  /** The worker base image, by digest. */
  readonly base: string;
  readonly source: Pick<GitRelease, "subdir" | "include" | "requires">;
  readonly secrets: ImagesSettings["secrets"];
}

/**
 * The Dockerfile of an algorithm: its packages in one layer, which is made of the files that decide them alone; its code in
 * layers after that. A commit that changes only code finds the first one in the builder's cache.
 */
export function algorithmDockerfile({ algorithm, base, source, secrets }: AlgorithmDockerfileArgs): string {
  const { kind, files, localPackages } = source.requires;
  const folder = posix.join(codeFolder, isWhole(source) ? source.subdir : ".");
  const deciding = distinct([...files, ...localPackages].map((file) => inContext(source, file)));
  const code = distinct(isWhole(source) ? [source.subdir, ...source.include] : ["."]);
  return lines(
    `FROM ${base}`,
    "USER 0:0",
    `WORKDIR ${literal(folder)}`,
    ...(kind === "none"
      ? []
      : [
          ...deciding.map(copied),
          `${runWithSecrets(secrets, `algorithm-${algorithm}`)} sh /opt/conduit/install.sh ${kind}`,
        ]),
    ...code.map(copied),
    // Code that some other Python reads may be among it.
    `RUN python -m compileall -q --invalidation-mode unchecked-hash ${codeFolder} || true`,
    `USER ${user}`,
  );
}

/**
 * What the builder fetches: the commit alone, so that neither files nor paths of any machine count. With an `include` it is
 * the whole repository, else the algorithm's folder where the address can name it.
 */
export function contextLocation(source: Pick<GitRelease, "git" | "subdir" | "include">, commit: string): string {
  const { git, subdir } = source;
  // The builder takes an address of the web for a git repository only when it ends so.
  const address = /^https?:/i.test(git) ? `${git.replace(/\/+$/, "").replace(/\.git$/, "")}.git` : git;
  return isWhole(source) || subdir === "." ? `${address}#${commit}` : `${address}#${commit}:${subdir}`;
}

/** Whether the builder reaches a repository by ssh, with the keys of the agent on the machine that deploys. */
export function needsSsh({ git }: Pick<GitRelease, "git">): boolean {
  return !/^https?:/i.test(git);
}

/**
 * Whether the builder fetches the whole repository: for an `include`, and for a folder that its address cannot name. Each
 * form of address and each step of the builder decodes `%` anew, `#` and `:` part the address.
 */
function isWhole({ subdir, include }: Pick<GitRelease, "subdir" | "include">): boolean {
  return include.length > 0 || /[%#:]/.test(subdir);
}

/** Where the build's context has a file of the algorithm's folder. */
function inContext(source: Pick<GitRelease, "subdir" | "include">, file: string): string {
  const place = posix.normalize(posix.join(isWhole(source) ? source.subdir : ".", file)).replace(/\/$/, "");
  if (place === ".." || place.startsWith("../")) throw new Error(`\`${file}\` lies outside of the build's context.`);
  return place;
}

/** In an order of its own, without what another one holds. */
function distinct(places: readonly string[]): string[] {
  const all = [...new Set(places.map((place) => posix.normalize(place)))].toSorted();
  return all.filter((one) => !all.some((other) => other !== one && (other === "." || one.startsWith(`${other}/`))));
}

/** As JSON, which takes every name. */
function copied(place: string): string {
  return `COPY ${JSON.stringify([literal(place), literal(posix.join(codeFolder, place))])}`;
}

/** The builder would take it for a variable. */
function literal(place: string): string {
  return place.replaceAll("$", () => "\\$");
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
