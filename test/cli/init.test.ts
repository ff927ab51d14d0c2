import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { activityName, algorithmRepository } from "../../cli/init/algorithm-repository.ts";
import { platformRepository, projectName } from "../../cli/init/platform-repository.ts";
import { packageFolder, packageVersion } from "../../tools/package.ts";
import { temporaryFolder } from "../support/folders.ts";
import { repository, runIn } from "../support/project.ts";

const init = (folder: string, ...args: string[]) =>
  runIn(folder, path.join(repository, "conduit"), ["init", ...args], { ...process.env, NO_COLOR: "1" });

test("below a project, the entry's path is relative to the project's root", async () => {
  const root = await temporaryFolder();
  await writeFile(path.join(root, "algorithms.config.ts"), "");
  await mkdir(path.join(root, "research"));
  const { code, stderr } = await init(path.join(root, "research"), "word-count");
  expect(code).toBe(0);
  expect(stderr).toContain('"word-count": { namespace: "…", owner: "…", source: { path: "research/word-count" } },');
  expect((await readdir(path.join(root, "research", "word-count"))).sort()).toEqual([
    ".gitignore",
    "README.md",
    "activities.py",
    "pyproject.toml",
  ]);
});

test("outside a project, the entry's path is absolute", async () => {
  const folder = await temporaryFolder();
  expect((await init(folder, "word-count")).stderr).toContain(`source: { path: "${folder}/word-count" } },`);
});

test("names that Python or the module has already are names of activities all the same", () => {
  expect(["class", "len", "json", "word-count"].map(activityName)).toEqual(["class_", "len_", "json", "word_count"]);
  expect(algorithmRepository("class")["activities.py"]).toContain("\ndef class_(text: str) -> Result:\n");
});

test.each(["temporalio", "typing-extensions", "algorithm-conduit"])("`init %s` is refused", async (name) => {
  const folder = await temporaryFolder();
  expect(await init(folder, name)).toEqual({
    code: 1,
    stdout: "",
    stderr: `\`${name}\` is a Python package that every worker needs. Choose another name.\n`,
  });
  expect(await readdir(folder)).toEqual([]);
});

const written = "`algorithms.config.ts`, `Pulumi.yaml`, `index.ts`";

test("`init --platform FOLDER` writes a platform's repository of this version, and says what is next", async () => {
  const folder = await temporaryFolder();
  expect(await init(folder, "--platform", "Speech Platform")).toEqual({
    code: 0,
    stdout: "",
    stderr: `Wrote \`package.json\`, ${written}, \`.gitignore\`.
Next, make it run, and write a first algorithm:

    npm pack ${packageFolder} --pack-destination 'Speech Platform'
    cd 'Speech Platform'
    npm install ./algorithm-conduit-${packageVersion}.tgz
    npx conduit up
    npx conduit init word-count
`,
  });
  const platform = path.join(folder, "Speech Platform");
  const files = platformRepository("Speech-Platform", packageVersion);
  expect((await readdir(platform)).sort()).toEqual(Object.keys(files).sort());
  for (const [file, content] of Object.entries(files)) {
    expect(await readFile(path.join(platform, file), "utf8")).toBe(content);
  }
  expect(JSON.parse(files["package.json"] ?? "")).toEqual({
    name: "speech-platform",
    private: true,
    type: "module",
    dependencies: { "algorithm-conduit": packageVersion },
  });
});

test("where npm and git have been before, their files stay, and what they need is told", async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, "package.json"), "{}");
  await writeFile(path.join(folder, ".gitignore"), "node_modules\n");
  const { code, stderr } = await init(folder, "--platform");
  expect({ code, lines: stderr.split("\n").slice(0, 3) }).toEqual({
    code: 0,
    lines: [
      `Wrote ${written}.`,
      "`package.json` is left as it is. Run `npm pkg set type=module`, which the project needs.",
      "`.gitignore` is left as it is. Add `node_modules/`, `.conduit/` and `Pulumi.local.yaml` to it.",
    ],
  });
  expect(await readFile(path.join(folder, "package.json"), "utf8")).toBe("{}");
  expect(await readFile(path.join(folder, ".gitignore"), "utf8")).toBe("node_modules\n");
});

test("nothing is written over a project that is there", async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: mine\n");
  await writeFile(path.join(folder, "index.ts"), "");
  expect(await init(folder, "--platform")).toEqual({
    code: 1,
    stdout: "",
    stderr: `\`${folder}\` has \`Pulumi.yaml\`, \`index.ts\` already. Choose another folder, or remove them.\n`,
  });
  expect((await readdir(folder)).sort()).toEqual(["Pulumi.yaml", "index.ts"]);
});

test.each([[[]], [["word-count", "--platform"]]])("`init` with %j is wrong use", async (args) => {
  const { code, stderr } = await init(await temporaryFolder(), ...args);
  expect(code).toBe(2);
  expect(stderr).toContain("error: give the name of an algorithm, or `--platform [folder]`");
});

test.each([
  ["speech", "speech"],
  ["Über Platform!", "ber-Platform"],
  ["語", "platform"],
])("the project of the folder %s is called %s", (folder, name) => {
  expect(projectName(folder)).toBe(name);
});
