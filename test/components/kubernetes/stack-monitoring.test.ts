import { expect, test } from "vitest";
import { scrapedFrom, stackMonitoring } from "../../../components/kubernetes/stack-monitoring.ts";
import { kubernetesStackSettings } from "../../../components/kubernetes/stack-settings.ts";
import { resolveRegistry } from "../../../registry/resolve.ts";

const registry = resolveRegistry(
  {
    namespaces: { speech: { owner: "platform", temporalName: "speech.a1b2c" } },
    algorithms: {
      transcribe: { namespace: "speech", owner: "asr", source: { path: "t" }, lanes: { default: {}, online: {} } },
    },
  },
  "prod",
);
const places = [{ name: "team-speech", create: false, keys: ["speech"], owner: "platform" }];

function planned(written: object) {
  return stackMonitoring({ stack: "a/b", settings: kubernetesStackSettings.parse(written), registry, places });
}

test("nothing is monitored unless it is asked for", () => {
  expect(planned({})).toBeUndefined();
  expect(planned({ monitoring: { rules: true } })).toBeDefined();
});

test("every lane is monitored by the names that metrics have, and is its owner's", () => {
  expect(planned({ monitoring: { dashboard: true } })).toMatchObject({
    namespaces: ["team-speech"],
    serverNamespace: "temporal",
    queues: [
      { algorithm: "transcribe", owner: "asr", temporalNamespace: "speech.a1b2c", taskQueue: "transcribe" },
      { algorithm: "transcribe", owner: "asr", temporalNamespace: "speech.a1b2c", taskQueue: "transcribe.online" },
    ],
  });
});

test("the server of others is not monitored", () => {
  const temporal = { mode: "external", address: "temporal.acme.io:7233" };
  expect(planned({ temporal, monitoring: { rules: true } })?.serverNamespace).toBeUndefined();
});

test("only a Prometheus that reads metrics is let in to do so", () => {
  expect(scrapedFrom(kubernetesStackSettings.parse({ monitoring: { rules: true } }))).toBeUndefined();
  expect(scrapedFrom(kubernetesStackSettings.parse({ monitoring: { podMonitors: true } }))).toBe("monitoring");
});
