import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { TestRepository } from "./repository.ts";

/** An entry of a tree, with any name that bytes can spell. */
export interface RawEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** Collects git objects that git itself would refuse to make, for one pack: thousands of them in a moment. */
export class Pack {
  readonly #objects = new Map<string, { type: "commit" | "tree" | "blob"; content: Buffer }>();

  blob(content: string): string {
    return this.#add("blob", Buffer.from(content));
  }

  tree(entries: readonly RawEntry[]): string {
    const lines = entries.map(({ mode, name, id }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]),
    );
    return this.#add("tree", Buffer.concat(lines));
  }

  commit(tree: string): string {
    const who = "Mallory <mallory@example.org> 1700000000 +0000";
    return this.#add("commit", Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nhostile\n`));
  }

  /** Puts all objects into a repository, unchecked. */
  unpackInto(repository: TestRepository): void {
    const header = Buffer.from("PACK\0\0\0\x02\0\0\0\0", "latin1");
    header.writeUInt32BE(this.#objects.size, 8);
    const parts: Buffer[] = [header];
    for (const { type, content } of this.#objects.values())
      parts.push(head(type, content.length), deflateSync(content));
    const pack = Buffer.concat(parts);
    const checksum = createHash("sha1").update(pack).digest();
    repository.gitWith(Buffer.concat([pack, checksum]), "-c", "core.protectNTFS=false", "index-pack", "--stdin");
  }

  #add(type: "commit" | "tree" | "blob", content: Buffer): string {
    const id = createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
    this.#objects.set(id, { type, content });
    return id;
  }
}

/** Type and size, in the pack format's variable length (gitformat-pack). */
function head(type: "commit" | "tree" | "blob", size: number): Buffer {
  const bytes = [({ commit: 1, tree: 2, blob: 3 }[type] << 4) | (size & 15)];
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 128;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
}
