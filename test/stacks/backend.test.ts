import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { backendVariables, forgetPrintedBackend, refusePrintedBackendOfOthers } from "../../stacks/backend.ts";

const printed = () => ({ HOME: "/home/me", ...backendVariables("/srv/one") });

test("what `env` printed is forgotten, whichever project it was for", () => {
  const environment: NodeJS.ProcessEnv = printed();
  forgetPrintedBackend(environment);
  expect(environment).toEqual({ HOME: "/home/me" });
});

test("a backend that the user chose is kept, also after `env` was printed", () => {
  const chosen = { PULUMI_BACKEND_URL: "s3://states", PULUMI_CONFIG_PASSPHRASE: "own" };
  for (const given of [chosen, { ...printed(), ...chosen }, {}]) {
    const environment: NodeJS.ProcessEnv = { ...given };
    forgetPrintedBackend(environment);
    expect(environment).toEqual(given);
    expect(() => refusePrintedBackendOfOthers("/srv/two", environment)).not.toThrow();
  }
});

test("plain Pulumi in another project is refused, and in its own is not", () => {
  expect(() => refusePrintedBackendOfOthers("/srv/one", printed())).not.toThrow();
  expect(() => refusePrintedBackendOfOthers("/srv/two", printed())).toThrow(
    new UserError(
      '`PULUMI_BACKEND_URL` is "file:///srv/one/.conduit/state", which `./conduit env` printed for another project. ' +
        'Run `unset PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE CONDUIT_BACKEND_URL; eval "$(./conduit env)"` in this one.',
    ),
  );
});
