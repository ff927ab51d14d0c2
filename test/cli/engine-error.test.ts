import { expect, test } from "vitest";
import { engineError } from "../../cli/errors.ts";
import { fullDiskError } from "../../tools/full-disk.ts";

const output = (...errors: string[]) =>
  new Error(["code: 255", " stdout: ", ` stderr: error: ${errors.join("\n")}`, ""].join("\n"));

test("what the engine says is told, each of several errors too", () => {
  expect(engineError(output("no such backend")).message).toBe("no such backend");
  const several = output("2 errors occurred:", "\t* the first", "\t* the second", "");
  expect(engineError(several).message).toBe("2 errors occurred:\n* the first\n* the second");
});

test("a full disk under the state is told as everywhere", () => {
  const full = output("2 errors occurred:", "\t* writing snapshot: write x: no space left on device", "\t* close x");
  expect(engineError(full).message).toBe(fullDiskError().message);
});

test("settings and a state that cannot be read are told with where they are", () => {
  const correct =
    "Correct the stack's settings: `Pulumi.<stack>.yaml`, where `Pulumi.yaml` or its `stackConfigDir` says.";
  const settings = engineError(output("getting stack configuration: invalid YAML file: yaml: line 2: bad"));
  expect(settings.message).toBe(`getting stack configuration: invalid YAML file: yaml: line 2: bad\n${correct}`);
  const twice = output(
    "getting stack configuration: yaml: unmarshal errors:",
    '  line 14: mapping key "conduit:autoscaler" already defined at line 13',
  );
  expect(engineError(twice).message).toBe(
    "getting stack configuration: yaml: unmarshal errors:\n" +
      `line 14: mapping key "conduit:autoscaler" already defined at line 13\n${correct}`,
  );
  const state = engineError(output("failed to load checkpoint: place 1: unexpected end of JSON input"));
  expect(state.message).toBe(
    "failed to load checkpoint: place 1: unexpected end of JSON input\n" +
      "The stack's state is damaged. Below `.conduit/state/.pulumi/stacks` put its copy `<stack>.json.bak` in place of `<stack>.json`.",
  );
});
