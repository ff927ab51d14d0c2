import { expect, test } from "vitest";
import { dynamicConfigMap } from "../../../../components/kubernetes/temporal/dynamic-config.ts";
import { manifestText } from "../../../support/manifest-text.ts";
import { clusterSettings, place } from "./support.ts";

const configMap = (dynamicConfig: object) => dynamicConfigMap(place.stack, clusterSettings({ dynamicConfig }));

test("polls of a worker that closes are cancelled, beside what the settings say", () => {
  const constrained = [{ value: 100, constraints: { namespace: "speech" } }, { value: 50 }];
  expect(
    manifestText(configMap({ "frontend.namespaceRPS": constrained, "limit.maxIDLength": 255 })),
  ).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-dynamic-config-14188084
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-dynamic-config-14188084
        app.kubernetes.io/component: dynamic-config
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
    immutable: true
    data:
      dynamic-config.yaml: |
        {
          "frontend.enableCancelWorkerPollsOnShutdown": [
            {
              "value": true
            }
          ],
          "frontend.namespaceRPS": [
            {
              "value": 100,
              "constraints": {
                "namespace": "speech"
              }
            },
            {
              "value": 50,
              "constraints": {}
            }
          ],
          "limit.maxIDLength": [
            {
              "value": 255
            }
          ]
        }
    "
  `);
});

test("other contents have another name, so that the pods that mount them roll", () => {
  expect(configMap({ "frontend.rps": 1 }).metadata.name).not.toBe(configMap({ "frontend.rps": 2 }).metadata.name);
  expect(configMap({}).metadata.name).toBe(configMap({}).metadata.name);
});

test("what is set of our own setting wins", () => {
  const { data } = configMap({ "frontend.enableCancelWorkerPollsOnShutdown": false });
  expect(JSON.parse(data["dynamic-config.yaml"])).toEqual({
    "frontend.enableCancelWorkerPollsOnShutdown": [{ value: false }],
  });
});
