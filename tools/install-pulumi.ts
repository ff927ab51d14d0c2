import { version as sdkVersion } from "@pulumi/pulumi/version.js";
import { messageOf } from "../errors.ts";

const installer = "https://get.pulumi.com/install.sh";
const probeMilliseconds = 3_000;

/** The version of the Pulumi CLI that the SDK's installer brings: the SDK's own. */
export const vendorVersion: string = sdkVersion;

/**
 * Whether the vendor's installer can be fetched, asked for 3 s at most: the SDK's own download waits 2 minutes, and behind
 * a closed firewall that is silence.
 *
 * @param problems Receives why it cannot.
 */
export async function canReachVendor(problems: string[]): Promise<boolean> {
  try {
    const response = await fetch(installer, { method: "HEAD", signal: AbortSignal.timeout(probeMilliseconds) });
    if (response.ok) return true;
    problems.push(`\`${installer}\` answers with status ${response.status}.`);
  } catch {
    problems.push(`\`${installer}\` cannot be reached from this machine.`);
  }
  return false;
}

/**
 * Installs the Pulumi CLI with its language hosts into `directory/bin` by the SDK's own installer.
 *
 * @throws Error when the download fails, or what came does not run
 */
export async function installPulumi(directory: string, onProgress: (line: string) => void): Promise<void> {
  onProgress(`Downloading the Pulumi CLI ${vendorVersion} (once).`);
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/cmd.js");
  try {
    await PulumiCommand.install({ root: directory });
  } catch (thrown) {
    throw new Error(`The Pulumi installer failed: ${messageOf(thrown)}`);
  }
}
