import { type Browser, chromium } from "playwright-core";
import { findExecutable } from "../../tools/executables.ts";
import { installDebianPackages } from "./debian-package.ts";

/** Starts a headless Chromium: the machine's own, or else Debian's, which it installs where it may. */
export async function startChromium(): Promise<Browser> {
  const executablePath = installed() ?? (await install());
  // Chromium's sandbox needs rights that root in a container does not have; it shows pages of this machine only.
  return chromium.launch({ executablePath, chromiumSandbox: false });
}

function installed(): string | undefined {
  return ["chromium", "chromium-browser", "google-chrome"].map((name) => findExecutable(name)).find(Boolean);
}

async function install(): Promise<string> {
  if (process.getuid?.() === 0 && findExecutable("apt-get")) {
    await installDebianPackages("chromium");
  }
  const found = installed();
  if (!found) throw new Error("There is no Chromium. Install it, for example with `apt-get install chromium`.");
  return found;
}
