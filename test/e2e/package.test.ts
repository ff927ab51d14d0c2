import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../tools/run.ts";
import { makeFolder } from "../support/folders.ts";
import { freePorts } from "../support/ports.ts";
import { type Outcome, repository, runIn } from "../support/project.ts";

// A platform team's own repository, made as the README says: of a packed package, and in a folder with a space.

let folder: string;
let team: string;
let up: Outcome;
/** What `env` prints, with which plain `pulumi` runs. */
let printed: NodeJS.ProcessEnv;

/** As a person's shell has it: `npm test` adds variables that tell npm where it runs. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/.test(name)));

const npx = (cwd: string, ...args: string[]) => runIn(cwd, "npx", ["conduit", ...args], environment);

async function must(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await npx(team, ...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

beforeAll(async () => {
  folder = path.join(await makeFolder(), "two words");
  const clone = path.join(folder, "clone");
  team = path.join(folder, "speech");
  await mkdir(folder);
  await run("git", ["clone", "--quiet", repository, clone]);
  await symlink(path.join(repository, "node_modules"), path.join(clone, "node_modules"));
  const commands = await readmeCommands();
  expect(commands.pop()).toBe("npx conduit up");
  const made = await runIn(clone, "sh", ["-euc", commands.join("\n")], environment);
  expect(made.code, made.stderr).toBe(0);
  const [port, uiPort] = await freePorts(2);
  const settings = `config:\n  conduit:temporalPort: "${port}"\n  conduit:uiPort: "${uiPort}"\n`;
  await writeFile(path.join(team, "Pulumi.local.yaml"), settings);
  up = await npx(team, "up");
  printed = { ...environment, ...JSON.parse(await must("env", "--json")) };
});

afterAll(async () => {
  const down = await npx(team, "down");
  await rm(path.dirname(folder), { recursive: true, force: true });
  expect(down).toMatchObject({ code: 0 });
});

async function readmeCommands(): Promise<string[]> {
  const [, commands = ""] = (await readFile(path.join(repository, "README.md"), "utf8")).split(
    /<!-- \/?own-repository -->/,
  );
  return commands
    .trim()
    .split("\n")
    .map((line) => line.trim());
}

async function writeRegistry(algorithms: string): Promise<void> {
  const text = `import { defineAlgorithms } from "algorithm-conduit";

export default defineAlgorithms({ namespaces: { research: { owner: "platform" } }, algorithms: { ${algorithms} } });
`;
  await writeFile(path.join(team, "algorithms.config.ts"), text);
}

const pulumi = (...args: string[]) => runIn(team, "pulumi", [...args, "--stack", "local", "--color=never"], printed);

test("the README's commands bring up a platform without algorithms", () => {
  expect(up.code, up.stderr).toBe(0);
  expect(up.stdout).toMatch(/Temporal's UI: http:\/\/127\.0\.0\.1:\d+\n$/);
});

test("`init` in a folder below names the path that the registry needs, and any name runs", async () => {
  const research = path.join(team, "research");
  await mkdir(research);
  const entries: string[] = [];
  for (const name of ["word-count", "class", "json"]) {
    const { stderr } = await npx(research, "init", name);
    const [entry = ""] = /^ +"[-a-z]+": \{.*\},$/m.exec(stderr) ?? [];
    expect(entry).toContain(`source: { path: "research/${name}" }`);
    expect(stderr).toContain(`Then: npx conduit call ${name} '"hello"'`);
    entries.push(entry.replace('namespace: "…", owner: "…"', 'namespace: "research", owner: "me"'));
  }
  await writeRegistry(entries.join(""));
  await must("up");
  for (const name of ["word-count", "class", "json"]) {
    expect(JSON.parse(await must("call", name, '"how many words"'))).toEqual({ words: 3 });
  }
});

test("`deploy` makes a change live", async () => {
  const module = path.join(team, "research", "word-count", "activities.py");
  await writeFile(module, (await readFile(module, "utf8")).replace("len(text.split())", "42"));
  const { deployed } = JSON.parse(await must("deploy", "--json"));
  expect(deployed).toMatchObject([{ name: "word-count" }]);
  expect(JSON.parse(await must("call", "word-count", '"how many words"'))).toEqual({ words: 42 });
});

test("an editor knows the names of the registry, and marks what is wrong", async () => {
  const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, module: "nodenext", target: "es2022" };
  await writeFile(path.join(team, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts", "use.ts"] }));
  const use = (namespace: string) => `import { defineAlgorithms } from "algorithm-conduit";
const registry = defineAlgorithms({
  namespaces: { research: { owner: "platform" } },
  algorithms: { count: { namespace: "${namespace}", owner: "me", source: { path: "count" } } },
});
export const name: "count" = Object.keys(registry.algorithms)[0] as keyof typeof registry.algorithms;
`;
  const check = async (namespace: string) => {
    await writeFile(path.join(team, "use.ts"), use(namespace));
    return (await runIn(team, path.join(repository, "node_modules", ".bin", "tsc"), ["-p", "."])).stdout;
  };
  expect(await check("research")).toBe("");
  expect(await check("reserch")).toMatch(
    /^use\.ts\(4,26\): error TS2322: Type '"reserch"' is not assignable to type '"research"'\.\n$/,
  );
});

test("plain Pulumi works on the same stack: nothing to change, then an end and a new beginning", async () => {
  expect(await pulumi("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await pulumi("destroy", "--yes")).toMatchObject({ code: 0 });
  expect(await pulumi("up", "--yes")).toMatchObject({ code: 0 });
  expect(JSON.parse(await must("call", "class", '"one"'))).toEqual({ words: 1 });
});

test("what `env` printed for another project is no backend of this one", async () => {
  const url = "file:///elsewhere/.conduit/state";
  const leaked = { ...environment, PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "", CONDUIT_BACKEND_URL: url };
  const { stdout } = await runIn(team, "npx", ["conduit", "status", "class", "--json"], leaked);
  expect(JSON.parse(stdout)).toMatchObject({ algorithms: [{ name: "class", pollers: 1 }] });
});

test("a wrong call is answered with the command as it is called here", async () => {
  const { code, stderr } = await npx(team, "deploi");
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("(`npx conduit --help`") });
});

test("a project that Node reads as CommonJS is told what to write, and plain Pulumi removes nothing from it", async () => {
  const packageJson = path.join(team, "package.json");
  const right = await readFile(packageJson, "utf8");
  await writeFile(packageJson, right.replace(/ *"type": "module",\n/, ""));
  const plain = await pulumi("up", "--yes");
  const status = await npx(team, "status");
  await writeFile(packageJson, right);
  const told = `\`${packageJson}\` has no \`"type": "module"\`, so Node cannot read \`algorithms.config.ts\` as the ES module that it is.`;
  expect(plain.code).not.toBe(0);
  expect(plain.stdout + plain.stderr).toContain(told);
  expect(status).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(told) });
  expect(JSON.parse(await must("call", "class", '"one"'))).toEqual({ words: 1 });
});
