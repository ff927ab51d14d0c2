import { expect, test } from "vitest";
import { gpuTypeOf, gpuTypeProblems } from "../../../components/kubernetes/gpu.ts";
import {
  autoscalerSetting,
  gpuTypesSettings,
  kedaSettings,
  kubernetesSettings,
} from "../../../components/kubernetes/settings.ts";

test("what the settings leave out has a default", () => {
  expect(kubernetesSettings.parse({})).toEqual({ namespaces: {}, scratch: 10 * 2 ** 30, podStart: 300_000 });
  expect(kedaSettings.parse({})).toEqual({ namespace: "keda" });
  expect(autoscalerSetting.parse(undefined)).toBe("keda");
});

test("what does not fit is told with what would", () => {
  const { error } = kubernetesSettings.safeParse({
    namespaces: { speech: { name: "Speech" } },
    scratch: 10,
    quotas: {},
  });
  expect(error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)).toMatchInlineSnapshot(`
    [
      "namespaces.speech.name: Write at most 63 lower-case letters, digits and dashes.",
      "scratch: Write an amount with its unit, such as "512Mi" or "1Gi".",
      ": \`context\`, \`namespaces\`, \`quota\`, \`limitRange\`, \`storageClass\`, \`scratch\`, \`podStart\`",
    ]
  `);
});

test("an algorithm gets the type of GPU that names it, else the default, else the only one", () => {
  const types = gpuTypesSettings.parse({
    default: { nodeSelector: { gpu: "l4" } },
    large: { nodeSelector: { gpu: "h100" }, algorithms: ["train"] },
  });
  expect(gpuTypeOf(types, "train").nodeSelector).toEqual({ gpu: "h100" });
  expect(gpuTypeOf(types, "transcribe").nodeSelector).toEqual({ gpu: "l4" });
  expect(gpuTypeOf(gpuTypesSettings.parse({ a10: { nodeSelector: { gpu: "a10" } } }), "x").nodeSelector).toEqual({
    gpu: "a10",
  });
  expect(gpuTypeOf(gpuTypesSettings.parse({}), "x")).toMatchObject({ resource: "nvidia.com/gpu", nodeSelector: {} });
});

test("types of GPUs name algorithms that are there, each once", () => {
  const types = gpuTypesSettings.parse({ a: { algorithms: ["train", "transcibe"] }, b: { algorithms: ["train"] } });
  expect(gpuTypeProblems(types, ["train", "transcribe"])).toEqual([
    "`gpuTypes.a.algorithms` names `transcibe`, which the registry does not have. Did you mean `transcribe`?",
    "`gpuTypes.b.algorithms` names `train`, as `gpuTypes.a` does. Keep one of them.",
  ]);
});
