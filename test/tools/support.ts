import { access, writeFile } from "node:fs/promises";
import { vi } from "vitest";

/** Writes an executable script for `/bin/sh`. */
export async function script(file: string, body: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

/** Waits until a file is there, at most 10 s. */
export async function waitForFile(file: string): Promise<void> {
  await vi.waitFor(() => access(file), { timeout: 10_000 });
}
