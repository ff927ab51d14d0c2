import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startChromium } from "../support/chromium.ts";
import { type Holding, holding, startHolding } from "../support/holding.ts";
import { makeProject, makeRepository, type Project, repository } from "../support/project.ts";

// What everybody looks at: Temporal's own UI, in a browser. The pictures stay in `test/artifacts`.

let project: Project;
let workflows: Holding;
let browser: Browser;
let page: Page;
let commit: string;
let version: string;
let ui: string;

beforeAll(async () => {
  project = await makeProject();
  const git = await makeRepository(path.join(project.root, "repository"), holding("1"));
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech", searchAttributes: { Language: "Keyword" } } },
    algorithms: { hold: { namespace: "speech", owner: "us", source: { git: `file://${git.folder}` } } },
  });
  await project.must("up");
  const status = JSON.parse(await project.must("status", "--json"));
  ui = status.ui;
  commit = status.algorithms[0].liveCommit;
  version = status.algorithms[0].liveVersion;
  workflows = await startHolding(project);
  const gate = path.join(project.root, "gate");
  await writeFile(gate, "");
  await workflows.client.workflow.execute("Hold", {
    workflowId: "clip-7",
    taskQueue: "workflows",
    args: ["hold", gate, 60, 0],
    searchAttributes: { Language: ["en-GB"] },
  });
  browser = await startChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(120_000);
});

afterAll(async () => {
  await browser?.close();
  await workflows?.end();
  await project?.remove();
});

/** Opens a page of the UI, waits until all these texts show, and keeps a picture of it. */
async function shows(name: string, place: string, texts: readonly string[]): Promise<void> {
  await page.goto(`${ui}/namespaces/speech/${place}`);
  for (const text of texts) await page.getByText(text).filter({ visible: true }).first().waitFor();
  const folder = path.join(repository, "test", "artifacts");
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

async function placeOf(workflowId: string): Promise<string> {
  const { runId } = await workflows.client.workflow.getHandle(workflowId).describe();
  return `workflows/${workflowId}/${runId}`;
}

test("the list of workflows shows the run", async () => {
  await shows("workflows", "workflows", ["clip-7", "Hold", "Completed"]);
  expect(await page.title()).toContain("Workflows");
});

test("a run shows its search attributes", async () => {
  await shows("search-attributes", `${await placeOf("clip-7")}/search-attributes`, ["Language", "en-GB"]);
});

test("a run's history says which worker ran its activity: algorithm, commit and version", async () => {
  const { events } = await workflows.client.workflow.getHandle("clip-7").fetchHistory();
  const started = events?.find((event) => event.activityTaskStartedEventAttributes);
  const identity = `hold@${commit.slice(0, 12)}+${version}@`;
  expect(started?.activityTaskStartedEventAttributes?.identity).toContain(identity);
  await shows("history", `${await placeOf("clip-7")}/history/events/${started?.eventId}`, [identity]);
});
