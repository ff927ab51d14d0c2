import { chmod, copyFile, cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { builtOnce } from "../built-once.ts";
import { pinnedVersion, sourcesOf } from "../go-modules.ts";
import { addProgram } from "./add-program.ts";
import { addUser } from "./add-user.ts";
import { addBusybox } from "./base-image.ts";
import { writeImage } from "./image-archive.ts";

const serverModule = "go.temporal.io/server";
const uiModule = "github.com/temporalio/ui-server/v2";

/** The versions of what is built here, without the `v`. */
export const temporalVersions = {
  server: pinnedVersion("temporal-server", serverModule).slice(1),
  ui: pinnedVersion("temporal-ui", uiModule).slice(1),
};

/** Whoever the official images run as. */
const user = 1000;
const home = "/home/ui-server";

const images = {
  server: {
    name: `docker.io/temporalio/server:${temporalVersions.server}`,
    entrypoint: ["/etc/temporal/entrypoint.sh"],
    workingDirectory: "/etc/temporal",
    user: `${user}:${user}`,
  },
  "admin-tools": {
    name: `docker.io/temporalio/admin-tools:${temporalVersions.server}`,
    entrypoint: [],
    user: `${user}:${user}`,
  },
  ui: {
    name: `docker.io/temporalio/ui:${temporalVersions.ui}`,
    entrypoint: ["./ui-server", "--env", "docker", "start"],
    workingDirectory: home,
    user: `${user}:${user}`,
  },
};

/**
 * Images of a Temporal cluster's server, its tools and its web UI, as files, with what the official ones of these names have at
 * the same places: those of the cache, else built there, which takes 5 to 15 minutes.
 *
 * @throws UserError without Go
 */
export async function temporalClusterImages(onProgress: (line: string) => void): Promise<string[]> {
  return [...(await serverImages(onProgress)), ...(await uiImage(onProgress))];
}

/** The first of them alone. */
export async function temporalServerImage(onProgress: (line: string) => void): Promise<string> {
  const [server = ""] = await serverImages(onProgress);
  return server;
}

async function serverImages(onProgress: (line: string) => void): Promise<string[]> {
  const files = ["server.tar", "admin-tools.tar"];
  const directory = await builtOnce(
    {
      module: "temporal-server",
      what: "Temporal's server",
      decisive: [images.server, images["admin-tools"]],
      files,
      make: async (folder, build, go) => {
        const [server, tool] = [path.join(folder, "temporal-server"), path.join(folder, "temporal-sql-tool")];
        await build(`${serverModule}/cmd/server`, server);
        await build(`${serverModule}/cmd/tools/sql`, tool);
        const sources = await sourcesOf(go, "temporal-server", serverModule);
        await writeImage(path.join(folder, "server.tar"), images.server, async (root) => {
          await addSystem(root);
          await addProgram(root, "usr/local/bin/temporal-server", server);
          await addProgram(root, "etc/temporal/entrypoint.sh", path.join(sources, "docker/scripts/sh/entrypoint.sh"));
        });
        await writeImage(path.join(folder, "admin-tools.tar"), images["admin-tools"], async (root) => {
          await addSystem(root);
          await addProgram(root, "usr/local/bin/temporal-sql-tool", tool);
          await cp(path.join(sources, "schema"), path.join(root, "etc/temporal/schema"), { recursive: true });
        });
        for (const program of [server, tool]) await rm(program);
      },
    },
    onProgress,
  );
  return files.map((name) => path.join(directory, name));
}

async function uiImage(onProgress: (line: string) => void): Promise<string[]> {
  const files = ["ui.tar"];
  const directory = await builtOnce(
    {
      module: "temporal-ui",
      what: "Temporal's web UI",
      decisive: [images.ui],
      files,
      make: async (folder, build, go) => {
        const program = path.join(folder, "ui-server");
        await build(`${uiModule}/cmd/server`, program);
        const sources = await sourcesOf(go, "temporal-ui", uiModule);
        await writeImage(path.join(folder, "ui.tar"), images.ui, async (root) => {
          await addSystem(root);
          await addProgram(root, path.join(home, "ui-server"), program);
          await mkdir(path.join(root, home, "config"));
          const configuration = path.join(root, home, "config/docker.yaml");
          await copyFile(path.join(sources, "config/docker.yaml"), configuration);
          await chmod(configuration, 0o644);
        });
        await rm(program);
      },
    },
    onProgress,
  );
  return files.map((name) => path.join(directory, name));
}

async function addSystem(root: string): Promise<void> {
  await addBusybox(root);
  await addUser(root, "temporal", user);
}
