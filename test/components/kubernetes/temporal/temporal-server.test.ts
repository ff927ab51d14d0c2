import { expect, test } from "vitest";
import { temporalSettingsSchema } from "../../../../components/kubernetes/temporal/settings.ts";
import { temporalPlan } from "../../../../components/kubernetes/temporal/temporal-server.ts";

function cidrsOf(given: object): readonly string[] | undefined {
  const settings = temporalSettingsSchema.parse(given);
  return temporalPlan({ stack: "algorithms/prod", settings, namespaces: [], clients: [], pullSecrets: [] }).cidrs;
}

test("where workers may connect for a Temporal that others run is what its ranges say", () => {
  const external = { mode: "external", address: "temporal.acme.io:7233" };
  expect(cidrsOf({ ...external, cidrs: ["10.20.0.0/16"] })).toEqual(["10.20.0.0/16"]);
  expect(cidrsOf(external)).toBeUndefined();
  expect(cidrsOf({ mode: "dev-server" })).toBeUndefined();
});
