/**
 * The files of a platform team's own repository, by name. What runs comes with the package.
 *
 * @param name Of the Pulumi project.
 * @param version Of this package.
 */
export function platformRepository(name: string, version: string): Record<string, string> {
  return {
    "package.json": `{
  "name": "${name.toLowerCase()}",
  "private": true,
  "type": "module",
  "dependencies": {
    "algorithm-conduit": "${version}"
  }
}
`,
    "algorithms.config.ts": `import { defineAlgorithms } from "algorithm-conduit";

// The algorithms that this platform keeps live: where from, for whom and within which limits.
export default defineAlgorithms({
  namespaces: {
    research: { owner: "platform" },
  },
  algorithms: {},
});
`,
    "Pulumi.yaml": `name: ${name}
description: Researchers' algorithms, from a commit to production.
runtime:
  name: nodejs
  options:
    typescript: false
    nodeargs: "--import tsx"
main: index.ts
plugins:
  providers:
    - name: conduit
      path: node_modules/algorithm-conduit/providers/conduit
`,
    "index.ts": `import { program } from "algorithm-conduit";

export default program;
`,
    ".gitignore": `node_modules/
.conduit/
# Written by the first \`up\`; holds this machine's ports, if any.
Pulumi.local.yaml
`,
  };
}

/** A folder's name as the name of a Pulumi project and an npm package, which take fewer characters. */
export function projectName(folder: string): string {
  const name = folder.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return name.slice(0, 100) || "platform";
}
