import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { collectRun } from "../../cli/collect-run.ts";
import { deployedOf } from "../../cli/deployed.ts";
import { plainProgress } from "../../cli/progress.ts";
import { parseState } from "../../cli/state.ts";
import { summaryOf } from "../../cli/summary.ts";

const root = "urn:pulumi:prod::project::";
const algorithm = (name: string) => `${root}conduit:index:Algorithm::${name}`;
const gate = (name: string) => `${root}conduit:index:Algorithm$conduit:kubernetes:AlgorithmGate::${name}`;
const job = (name: string) =>
  `${root}conduit:index:Algorithm$conduit:kubernetes:AlgorithmGate$kubernetes:batch/v1:Job::${name}`;
const worker = (name: string) => `${root}conduit:index:Algorithm$conduit:kubernetes:AlgorithmWorker::${name}`;
const deployment = (name: string) =>
  `${root}conduit:index:Algorithm$conduit:kubernetes:AlgorithmWorker$kubernetes:apps/v1:Deployment::${name}`;
const frontend = `${root}conduit:kubernetes:TemporalCluster$kubernetes:apps/v1:Deployment::temporal-frontend`;
const commit = "1".repeat(40);

/** A resource as the engine tells of it: with its parent, and what the program wants of it. */
function resource(urn: string, parent: string, inputs: Record<string, unknown> = {}) {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const outputs = inputs;
  const made = {
    type,
    urn,
    parent,
    inputs,
    outputs,
    custom: true,
    delete: false,
    id: "",
    protect: false,
    provider: "",
  };
  return { urn, type, provider: "", new: made };
}

const named = (name: string, namespace = "speech") => ({
  metadata: { name, namespace, annotations: { "algorithm-conduit/commit": commit } },
});

const gateOf = (name: string, version: string) => [
  resource(algorithm(name), ""),
  resource(gate(name), algorithm(name)),
  resource(job(name), gate(name), named(`${name}-${version}`)),
];
const laneOf = (name: string, object: string) => [
  resource(worker(object), algorithm(name)),
  resource(deployment(object), worker(object), named(object)),
];

type Op = "create" | "update" | "same" | "replace" | "create-replacement" | "delete-replaced";
const event = (fields: Partial<EngineEvent>): EngineEvent => ({ sequence: 0, timestamp: 0, ...fields });
const begun = (of: ReturnType<typeof resource>, op: Op) => event({ resourcePreEvent: { metadata: { ...of, op } } });
const done = (of: ReturnType<typeof resource>, op: Op) => event({ resOutputsEvent: { metadata: { ...of, op } } });
const failed = (of: ReturnType<typeof resource>, op: Op) =>
  event({ resOpFailedEvent: { metadata: { ...of, op }, status: 0, steps: 0 } });
const says = (urn: string, message: string, severity: "error" | "warning" | "info" = "error", ephemeral = false) =>
  event({ diagnosticEvent: { urn, message, severity, color: "never", ephemeral } });

function started() {
  const told: string[] = [];
  const run = collectRun(plainProgress((line) => told.push(line)));
  const provider = resource(`${root}pulumi:providers:kubernetes::cluster`, "", { context: "gke_prod" });
  run.onEvent(begun(provider, "same"));
  return { run, told, take: (...events: EngineEvent[]) => events.forEach(run.onEvent) };
}

/** As the provider words what never became ready (provider/pkg/provider, create), and the engine several errors. */
function unready(urn: string, name: string, ...problems: string[]): string {
  const first =
    `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully ` +
    `initialize or become live: Resource '${name}' was created but failed to initialize`;
  return `error: ${problems.length + 1} errors occurred:\n\t* ${[first, ...problems].join("\n\t* ")}\n\n`;
}

test("what is done is told by the names of algorithms, and each stage is measured", () => {
  const { run, told, take } = started();
  const [component, gatePart, gateJob] = gateOf("ranker", "v2") as [never, never, ReturnType<typeof resource>];
  const [lane, workload] = laneOf("ranker", "ranker-online") as [never, ReturnType<typeof resource>];
  take(begun(component, "same"), begun(gatePart, "same"), begun(lane, "same"));
  take(begun(gateJob, "create-replacement"));
  take(says(gateJob.urn, `Waiting for Job "speech/ranker-v2" to succeed (Active: 1)`, "info", true));
  const trouble =
    "[Pod speech/ranker-v2-x]: containers with unready status: [gate][ImagePullBackOff] Back-off pulling image";
  take(says(gateJob.urn, trouble, "warning", true), says(gateJob.urn, trouble, "warning", true));
  take(done(gateJob, "create-replacement"), begun(gateJob, "replace"), done(gateJob, "replace"));
  take(begun(workload, "update"), done(workload, "update"), begun(gateJob, "delete-replaced"));
  expect(told).toEqual([
    "  ranker: trying its new version",
    "  ranker: its pod cannot start (ImagePullBackOff): Back-off pulling image",
    "  ranker: exchanging its workers",
  ]);
  const report = run.report();
  expect([...report.changed]).toEqual([["ranker", commit]]);
  expect(Object.keys(report.stages.get("ranker") ?? {})).toEqual(["gate", "switch"]);
  const release = {
    urn: `${root}conduit:index:Algorithm$conduit:index:Release::ranker`,
    type: "conduit:index:Release",
    outputs: {
      ...{ algorithm: "ranker", version: "v2", commit, stages: { resolve: 7 } },
      settings: { timeouts: { startToClose: 60_000 } },
    },
  };
  const state = parseState({ resources: [{ urn: algorithm("ranker"), type: "conduit:index:Algorithm" }, release] });
  const deployed = deployedOf(report, state);
  expect(deployed).toMatchObject([{ name: "ranker", commit, version: "v2", stages: { resolve: 7, build: 0 } }]);
  expect(Object.keys(deployed[0]?.stages ?? {})).toEqual(["resolve", "build", "gate", "switch"]);
});

test("a gate that failed is one message: the algorithm, the last words of its log, and the command that shows it all", () => {
  const { run, told, take } = started();
  const log = [
    '{"time":"2026-01-01T00:00:00Z","level":"error","event":"failed","message":"Importing `ranker` failed: No module named `torch`."}',
    "Fatal Python error",
  ];
  for (const part of gateOf("ranker", "v2")) take(begun(part, "create"));
  take(
    says(
      job("ranker"),
      unready(
        job("ranker"),
        "ranker-v2",
        "[BackoffLimitExceeded] Job has reached the specified backoff limit",
        "[Pod speech/ranker-v2-x]: containers with unready status: [gate]",
        `[Pod speech/ranker-v2-x]: containers with unready status: [gate][Error] ${log.join("\n")}`,
      ),
    ),
  );
  const [, , made] = gateOf("ranker", "v2");
  if (made) take(failed(made, "create"));
  const message =
    "Its new version failed when it was tried, and no worker was changed: Importing `ranker` failed: " +
    "No module named `torch`. See `kubectl logs --context gke_prod --namespace speech job/ranker-v2`.";
  expect([...run.report().failures]).toEqual([["ranker", message]]);
  expect(told.at(-1)).toBe(`  ranker: ${message}`);
  expect(summaryOf({ ...run.report(), milliseconds: 1000 })).toBe("1 failed, 0 went live, in 1.0 s.");
});

test("each reason is told in the cluster's own words", () => {
  const reasonOf = (...problems: string[]) => {
    const { run, take } = started();
    for (const part of [resource(algorithm("ranker"), ""), ...laneOf("ranker", "ranker")]) take(begun(part, "update"));
    take(says(deployment("ranker"), unready(deployment("ranker"), "ranker", ...problems)));
    return run.report().failures.get("ranker")?.split(": ").slice(1).join(": ").split(" See ")[0];
  };
  const pod = (said: string) => `[Pod speech/ranker-1]: containers with unready status: [worker]${said}`;
  const deadline = '[ProgressDeadlineExceeded] ReplicaSet "ranker-1" has timed out progressing.';
  const live = "Minimum number of live Pods was not attained";
  const crashed = 'container "worker" terminated at 2026-01-01T00:00:00Z (Error: exit code 3)\nKilled by a signal';
  expect([
    reasonOf(deadline, live, pod("[ErrImagePull] manifest for registry.test/ranker not found")),
    reasonOf(deadline, live, pod(`[CrashLoopBackOff] back-off 5m0s restarting failed container\n${crashed}`)),
    reasonOf(live, pod('\ncontainer "gate" completed with exit code 2')),
    reasonOf(live, pod('\ncontainer "worker" terminated at 2026-01-01T00:00:00Z (OOMKilled: exit code 137)')),
    reasonOf(live, pod('[CreateContainerConfigError] secret "token" not found')),
    reasonOf(live, "[Pod speech/ranker-1]: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu."),
    reasonOf('[FailedCreate] pods "ranker-1" is forbidden: exceeded quota', live),
    reasonOf(deadline, live),
  ]).toMatchInlineSnapshot(`
    [
      "its pod cannot start (ErrImagePull): manifest for registry.test/ranker not found.",
      "it ends again and again, with exit code 3: Killed by a signal.",
      "it ended with exit code 2.",
      "it took more memory than it may (OOMKilled); raise its \`memory\`.",
      "its pod cannot start (CreateContainerConfigError): secret "token" not found.",
      "no node takes its pod: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
      "[FailedCreate] pods "ranker-1" is forbidden: exceeded quota.",
      "it was not ready in its time.",
    ]
  `);
});

test("lanes fail each for itself, and none of it hides another algorithm's failure or the platform's", () => {
  const { run, take } = started();
  for (const part of [resource(algorithm("a"), ""), ...laneOf("a", "a-online"), ...laneOf("a", "a-offline")]) {
    take(begun(part, "update"));
  }
  for (const part of [resource(algorithm("b"), ""), ...laneOf("b", "b")]) take(begun(part, "update"));
  take(begun(resource(frontend, "", named("temporal-frontend", "temporal")), "update"));
  const urns = [frontend, deployment("a-online"), deployment("a-offline"), deployment("b")];
  for (const urn of urns) take(says(urn, unready(urn, urn.split("::").at(-1) ?? "")));
  take(done(laneOf("a", "a-online")[1] as ReturnType<typeof resource>, "update"));
  const { failures, changed } = run.report();
  expect([...failures].map(([name, message]) => `${name}: ${message}`)).toMatchInlineSnapshot(`
    [
      "temporal-frontend: The Deployment \`temporal/temporal-frontend\` did not become ready: it was not ready in its time. See \`kubectl describe --context gke_prod --namespace temporal deployment/temporal-frontend\`.",
      "a: Its new workers (\`a-online\`) did not become ready: it was not ready in its time. See \`kubectl logs --context gke_prod --namespace speech --selector app.kubernetes.io/name=a-online,app.kubernetes.io/component=worker --tail 100\`.
    Its new workers (\`a-offline\`) did not become ready: it was not ready in its time. See \`kubectl logs --context gke_prod --namespace speech --selector app.kubernetes.io/name=a-offline,app.kubernetes.io/component=worker --tail 100\`.",
      "b: Its new workers (\`b\`) did not become ready: it was not ready in its time. See \`kubectl logs --context gke_prod --namespace speech --selector app.kubernetes.io/name=b,app.kubernetes.io/component=worker --tail 100\`.",
    ]
  `);
  expect([...changed]).toEqual([]);
});

test("an object that the cluster refuses is named", () => {
  const { run, take } = started();
  for (const part of [resource(algorithm("a"), ""), ...laneOf("a", "a")]) take(begun(part, "create"));
  take(
    says(
      deployment("a"),
      `error: resource "${deployment("a")}" was not successfully created by the Kubernetes API server: deployments.apps "a" is forbidden`,
    ),
  );
  expect(run.report().failures.get("a")).toBe(
    'The cluster refuses the Deployment `speech/a`: deployments.apps "a" is forbidden.',
  );
});

const advice = (flag = "") =>
  ` See what \`kubectl cluster-info${flag}\` says, and run this again once it answers: what was done stays, and the rest follows.`;

test("a cluster that cannot be reached is told once for the run, with what and where, and not as a refusal", () => {
  const { run, take } = started();
  take(says(job("b"), "error: configured Kubernetes cluster is unreachable: no route to host"));
  take(says(job("c"), "error: configured Kubernetes cluster is unreachable: no route to host"));
  take(
    says(
      job("d"),
      `error: resource "${job("d")}" was not successfully created by the Kubernetes API server: read ECONNRESET`,
    ),
  );
  expect([...run.failed.whole]).toEqual([
    `The Kubernetes API cannot be reached: no route to host.${advice(" --context gke_prod")}`,
  ]);
  expect([...run.report().failures.keys()]).toEqual([]);
});

test("a cluster that goes away in the middle of a run is known by what the connection says, whoever words it", () => {
  const urn = job("a");
  const told = (message: string) => {
    const { run, take } = started();
    for (const part of gateOf("a", "v2")) take(begun(part, "update"));
    take(says(urn, `error: ${message}`));
    return { whole: [...run.failed.whole], failures: [...run.report().failures.values()] };
  };
  const [made, changed] = [
    `resource "${urn}" was not successfully created by the Kubernetes API server: `,
    `update of resource "${urn}" failed: `,
  ];
  const sent = 'Patch "https://10.0.0.1:6443/apis/batch/v1/namespaces/speech/jobs/a?fieldManager=x": ';
  const where = "The Kubernetes API at https://10.0.0.1:6443 cannot be reached: ";
  const refused = "dial tcp 10.0.0.1:6443: connect: connection refused";
  const of = (whole: string) => ({ whole: [whole + advice(" --context gke_prod")], failures: [] });
  expect(told(made + sent + refused)).toEqual(of(`${where}${refused}.`));
  expect(told(`${changed}${sent}EOF\nunable to get cluster state: ${sent}EOF`)).toEqual(of(`${where}EOF.`));
  expect(told(`${sent}net/http: TLS handshake timeout`)).toEqual(of(`${where}net/http: TLS handshake timeout.`));
  expect(told(`${made}connect ECONNREFUSED 10.0.0.1:6443`)).toEqual(
    of("The Kubernetes API cannot be reached: connect ECONNREFUSED 10.0.0.1:6443."),
  );
  // The API server answers, and the webhook does not.
  const webhook = `Internal error occurred: failed calling webhook "a.b.c": Post "https://a.b.svc:443/": ${refused}`;
  expect(told(made + webhook)).toEqual({
    whole: [],
    failures: [`The cluster refuses the Job \`speech/a-v2\`: ${webhook}.`],
  });
  expect(told(`${made}${sent}context canceled`).whole).toEqual([]);
});
