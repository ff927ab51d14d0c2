import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { repository } from "./project.ts";

/** Temporal's web UI in a browser. */
export interface TemporalUi {
  readonly page: Page;
  /**
   * Opens a page of the namespace `speech`, waits until all these texts show, and keeps a picture of it in `test/artifacts`.
   *
   * @param place Such as `workflows`.
   */
  readonly shows: (picture: string, place: string, texts: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param address Of the UI, as `http://127.0.0.1:8233`. */
export async function openTemporalUi(address: string): Promise<TemporalUi> {
  const browser = await startChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(120_000);
  const shows: TemporalUi["shows"] = async (picture, place, texts) => {
    await page.goto(`${address}/namespaces/speech/${place}`);
    for (const text of texts) await page.getByText(text).filter({ visible: true }).first().waitFor();
    const folder = path.join(repository, "test", "artifacts");
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: path.join(folder, `${picture}.png`) });
  };
  return { page, shows, close: () => browser.close() };
}
