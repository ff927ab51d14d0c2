import fc from "fast-check";
import { expect, test } from "vitest";
import {
  algorithmDockerfile,
  contextLocation,
  workerBaseDockerfile,
} from "../../../components/kubernetes/dockerfile.ts";
import type { GitRelease } from "../../../sources/release-source.ts";

const base = "registry.example/algorithms/conduit-worker:3.11-0123456789ab@sha256:0";

function dockerfileOf(source: Partial<GitRelease>, secrets = {}): string {
  const requires = { kind: "none" as const, files: [], localPackages: [] };
  return algorithmDockerfile({
    algorithm: "ranker",
    base,
    secrets,
    source: { subdir: ".", include: [], requires, ...source },
  });
}

test("the worker base image holds uv, the worker's packages and the worker, in layers of their own", () => {
  expect(workerBaseDockerfile("3.12", { python: "python:{version}-slim", secrets: {} })).toMatchInlineSnapshot(`
    "FROM python:3.12-slim
    USER 0:0
    COPY install.sh uv.txt requirements.txt worker.in /opt/conduit/
    RUN --mount=type=cache,id=conduit-uv-base,target=/root/.cache/uv sh /opt/conduit/install.sh base
    COPY src /opt/conduit/runtime
    RUN /opt/conduit/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/conduit/runtime \\
     && mkdir -p /home/conduit /app && chown 1000:1000 /home/conduit \\
     && echo 'conduit:x:1000:1000::/home/conduit:/bin/false' >> /etc/passwd && echo 'conduit:x:1000:' >> /etc/group
    ENV PATH=/opt/conduit/venv/bin:$PATH PYTHONPATH=/opt/conduit/runtime PYTHONUNBUFFERED=1 \\
     PYTHONDONTWRITEBYTECODE=1 HOME=/home/conduit
    WORKDIR /app
    USER 1000:1000
    ENTRYPOINT ["/opt/conduit/venv/bin/python", "-m", "algorithm_conduit", "run"]
    "
  `);
});

test("what decides the packages is copied before the code, and alone", () => {
  const requires = { kind: "uv.lock" as const, files: ["uv.lock", "pyproject.toml"], localPackages: [] };
  expect(dockerfileOf({ requires }, { pip: { env: "PIP" }, ca: { env: "CA" } })).toMatchInlineSnapshot(`
    "FROM registry.example/algorithms/conduit-worker:3.11-0123456789ab@sha256:0
    USER 0:0
    WORKDIR /app
    COPY ["pyproject.toml","/app/pyproject.toml"]
    COPY ["uv.lock","/app/uv.lock"]
    RUN --mount=type=secret,id=pip,target=/etc/pip.conf,required=true --mount=type=secret,id=ca,target=/run/secrets/ca,required=true --mount=type=cache,id=conduit-uv-algorithm-ranker,target=/root/.cache/uv CONDUIT_SECRETS="pip ca" sh /opt/conduit/install.sh uv.lock
    COPY [".","/app"]
    RUN python -m compileall -q --invalidation-mode unchecked-hash /app || true
    USER 1000:1000
    "
  `);
});

test("with an include everything keeps its place in the repository, packages of the same repository too", () => {
  const requires = {
    kind: "requirements.txt" as const,
    files: ["requirements.txt"],
    localPackages: ["../../libs/kit"],
  };
  const source = { subdir: "speech/ranker", include: ["libs", "data/words.csv"], requires };
  expect(dockerfileOf(source).split("\n").slice(2, -2)).toEqual([
    "WORKDIR /app/speech/ranker",
    'COPY ["libs/kit","/app/libs/kit"]',
    'COPY ["speech/ranker/requirements.txt","/app/speech/ranker/requirements.txt"]',
    "RUN --mount=type=cache,id=conduit-uv-algorithm-ranker,target=/root/.cache/uv sh /opt/conduit/install.sh requirements.txt",
    'COPY ["data/words.csv","/app/data/words.csv"]',
    'COPY ["libs","/app/libs"]',
    'COPY ["speech/ranker","/app/speech/ranker"]',
    "RUN python -m compileall -q --invalidation-mode unchecked-hash /app || true",
  ]);
});

test("what one algorithm's packages leave in a cache is read by no other build", () => {
  const requires = { kind: "uv.lock" as const, files: ["uv.lock"], localPackages: [] };
  const source = { subdir: ".", include: [], requires };
  const texts = [
    workerBaseDockerfile("3.12", { python: "python:{version}-slim", secrets: {} }),
    ...["ranker", "base"].map((algorithm) => algorithmDockerfile({ algorithm, base, secrets: {}, source })),
  ];
  const caches = texts.map((text) => /id=(conduit-uv-[^,]*)/.exec(text)?.[1]);
  expect(caches).toEqual(["conduit-uv-base", "conduit-uv-algorithm-ranker", "conduit-uv-algorithm-base"]);
});

test("an algorithm that asks for no packages has no layer for them", () => {
  expect(dockerfileOf({})).not.toContain("install.sh");
});

test("a dollar sign in a name stands for itself", () => {
  const source = { subdir: "a$HOME", include: ["b$PATH"] };
  expect(dockerfileOf(source)).toContain("WORKDIR /app/a\\$HOME\n");
  expect(dockerfileOf(source)).toContain('COPY ["a\\\\$HOME","/app/a\\\\$HOME"]\n');
});

test("no name of a file becomes an instruction, and no frontend is fetched", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }).filter((name) => !/[/\0]|^\.+$|^$/.test(name))), (files) => {
      const requires = { kind: "requirements.txt" as const, files, localPackages: [] };
      const lines = dockerfileOf({ requires }).trimEnd().split("\n");
      expect(lines.every((line) => /^(FROM|USER|WORKDIR|COPY|RUN) /.test(line))).toBe(true);
    }),
  );
});

test("the builder fetches one commit of a repository, and only the algorithm's folder where that is enough", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const at = (git: string, subdir: string, include: string[] = []) => contextLocation({ git, subdir, include }, commit);
  expect(at("https://host.example/team/one", "a/b")).toBe(`https://host.example/team/one.git#${commit}:a/b`);
  expect(at("https://host.example/team/one.git", ".")).toBe(`https://host.example/team/one.git#${commit}`);
  expect(at("https://host.example/team/one/", "a", ["b"])).toBe(`https://host.example/team/one.git#${commit}`);
  expect(at("git@host.example:team/one", "a")).toBe(`git@host.example:team/one#${commit}:a`);
  expect(at("ssh://git@host.example/team/one.git", "a")).toBe(`ssh://git@host.example/team/one.git#${commit}:a`);
});

test("a folder that the builder's address cannot name is taken from the whole repository, wherever that is", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  for (const subdir of ["speech/100%", "speech/c#", "speech/a%2Fb", "a:b"]) {
    const at = (git: string) => contextLocation({ git, subdir, include: [] }, commit);
    expect(at("https://host.example/team/one")).toBe(`https://host.example/team/one.git#${commit}`);
    expect(at("git@host.example:team/one")).toBe(`git@host.example:team/one#${commit}`);
    const lines = dockerfileOf({ subdir }).split("\n");
    expect(lines).toContain(`WORKDIR /app/${subdir}`);
    expect(lines).toContain(`COPY ["${subdir}","/app/${subdir}"]`);
  }
});
