import { chmod, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../tools/run.ts";
import { addUser } from "../node/add-user.ts";
import { writeImage } from "../node/image-archive.ts";
import { cachedImage } from "./cached-image.ts";
import { makeDebianRoot } from "./debian-root.ts";

/** The name of the official image for which it stands. */
export const postgresImageName = "docker.io/library/postgres:15";

const programs = "usr/lib/postgresql/15";
/** The user of PostgreSQL in the official image. */
const user = 999;

/** What the official one does when it starts, as far as it is made use of here. */
const entrypoint = `#!/bin/sh
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile=/tmp/password --locale=C.UTF-8 --auth-host=scram-sha-256
  rm /tmp/password
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  database="\${POSTGRES_DB:-$POSTGRES_USER}"
  [ "$database" = postgres ] || echo "CREATE DATABASE \\"$database\\"" | postgres --single -D "$PGDATA" postgres
fi
exec postgres -D "$PGDATA" -c "listen_addresses=*" "$@"
`;

/** An image of Debian's PostgreSQL 15 as a file in the cache, made there in 1 to 3 minutes. */
export function postgresImage(onProgress: (line: string) => void): Promise<string> {
  const image = {
    name: postgresImageName,
    entrypoint: ["docker-entrypoint.sh"],
    user: `${user}:${user}`,
    // At which it ends all sessions; at SIGTERM it would wait for them.
    stopSignal: "SIGINT",
  };
  return cachedImage("postgres-image-bookworm-15-1", async (archive) => {
    onProgress("An image of PostgreSQL is made out of Debian's packages, for tests; this is done once.");
    await writeImage(archive, image, fill);
  });
}

async function fill(root: string): Promise<void> {
  await makeDebianRoot(root, ["postgresql-15"]);
  await turnIntoPostgres(root);
}

/** Makes of Debian with PostgreSQL what the official image is: programs on the PATH, their user, and a start without services. */
export async function turnIntoPostgres(root: string): Promise<void> {
  // The compiler of queries takes a third of the image, and PostgreSQL does without it where it is not there.
  await run("chroot", [root, "dpkg", "--remove", "--force-depends", "libllvm14"]);
  for (const name of ["llvmjit.so", "bitcode"]) await rm(path.join(root, programs, "lib", name), { recursive: true });
  await rm(path.join(root, "var/lib/postgresql"), { recursive: true });
  await mkdir(path.join(root, "var/lib/postgresql/data"), { recursive: true });
  await addUser(root, "postgresql", user);
  const folder = path.join(root, "usr/local/bin");
  for (const name of await readdir(path.join(root, programs, "bin"))) {
    await symlink(`/${programs}/bin/${name}`, path.join(folder, name));
  }
  await writeFile(path.join(folder, "docker-entrypoint.sh"), entrypoint);
  await chmod(path.join(folder, "docker-entrypoint.sh"), 0o755);
}
