/**
 * What a program needs of the machine. Nothing else of the deployer's environment reaches a researcher's code; and since it
 * differs from shell to shell, it is no part of what is compared.
 */
export function machineVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
