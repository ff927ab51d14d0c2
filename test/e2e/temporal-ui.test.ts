import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Holding, holding, startHolding } from "../support/holding.ts";
import { makeProject, makeRepository, type Project } from "../support/project.ts";
import { openTemporalUi, type TemporalUi } from "../support/temporal-ui.ts";

// What everybody looks at: Temporal's own UI, in a browser. The pictures stay in `test/artifacts`.

let project: Project;
let workflows: Holding;
let commit: string;
let version: string;
let ui: TemporalUi;

beforeAll(async () => {
  project = await makeProject();
  const git = await makeRepository(path.join(project.root, "repository"), holding("1"));
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech", searchAttributes: { Language: "Keyword" } } },
    algorithms: { hold: { namespace: "speech", owner: "us", source: { git: `file://${git.folder}` } } },
  });
  await project.must("up");
  const status = JSON.parse(await project.must("status", "--json"));
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
  ui = await openTemporalUi(status.ui);
});

afterAll(async () => {
  await ui?.close();
  await workflows?.end();
  await project?.remove();
});

async function placeOf(workflowId: string): Promise<string> {
  const { runId } = await workflows.client.workflow.getHandle(workflowId).describe();
  return `workflows/${workflowId}/${runId}`;
}

test("the list of workflows shows the run", async () => {
  await ui.shows("workflows", "workflows", ["clip-7", "Hold", "Completed"]);
  expect(await ui.page.title()).toContain("Workflows");
});

test("a run shows its search attributes", async () => {
  await ui.shows("search-attributes", `${await placeOf("clip-7")}/search-attributes`, ["Language", "en-GB"]);
});

test("a run's history says which worker ran its activity: algorithm, commit and version", async () => {
  const { events } = await workflows.client.workflow.getHandle("clip-7").fetchHistory();
  const started = events?.find((event) => event.activityTaskStartedEventAttributes);
  const identity = `hold@${commit.slice(0, 12)}+${version}@`;
  expect(started?.activityTaskStartedEventAttributes?.identity).toContain(identity);
  await ui.shows("history", `${await placeOf("clip-7")}/history/events/${started?.eventId}`, [identity]);
});
