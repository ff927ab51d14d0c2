import { containerSecurityContext } from "../pod-security.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { frontendAddress, uiPort } from "./names.ts";
import { type Place, partMeta, partSelector, podMeta, unawaitedMeta } from "./part.ts";
import { imageOf } from "./quantities.ts";
import { restrictedPod, temporaryFolder } from "./restricted.ts";

/** The part that the web UI plays. */
export const uiComponent = "ui";

/** The Deployment of the web UI. */
export function uiDeployment(place: Place, { images }: ClusterSettings, pullSecrets: readonly string[] = []) {
  const probe = { httpGet: { path: "/healthz", port: "http" } };
  return {
    metadata: partMeta(place, uiComponent),
    spec: {
      replicas: 1,
      selector: { matchLabels: partSelector(uiComponent) },
      template: {
        metadata: podMeta(place, uiComponent),
        spec: {
          ...restrictedPod(pullSecrets),
          containers: [
            {
              name: "ui",
              image: imageOf(images.ui, images.uiVersion),
              env: [
                { name: "TEMPORAL_ADDRESS", value: frontendAddress(place.namespace) },
                { name: "TEMPORAL_UI_PORT", value: `${uiPort}` },
                // It may not connect to the internet.
                { name: "TEMPORAL_DISABLE_NEWS_FETCH", value: "true" },
              ],
              ports: [{ name: "http", containerPort: uiPort }],
              readinessProbe: { ...probe, periodSeconds: 5 },
              livenessProbe: { ...probe, initialDelaySeconds: 10, periodSeconds: 20 },
              resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
              securityContext: containerSecurityContext,
              volumeMounts: [temporaryFolder.mount],
            },
          ],
          volumes: [temporaryFolder.volume],
        },
      },
    },
  };
}

/** The Service of the web UI, the same whichever server runs. */
export function uiService(place: Place, selector = partSelector(uiComponent)) {
  return {
    metadata: unawaitedMeta(place, uiComponent),
    spec: { selector, ports: [{ name: "http", port: uiPort, targetPort: "http", appProtocol: "http" }] },
  };
}
