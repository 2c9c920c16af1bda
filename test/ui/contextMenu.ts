import type { Locator, Page } from 'playwright-core';

import { until } from './until.ts';
import { wholeText } from './wholeText.ts';

/** The menu that is open: of a right click or of a "More Actions…" button. */
export class ContextMenu {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The texts of the entries, without separators. Waits for the menu. */
  async items(): Promise<string[]> {
    await this.#labels.first().waitFor();
    return (await this.#labels.allInnerTexts()).map((text) => text.trim()).filter(Boolean);
  }

  /** Chooses the entry with this text and waits until the menu is gone. */
  async pick(text: string): Promise<void> {
    const entry = this.#labels.filter({ hasText: wholeText(text) }).first();
    await entry.waitFor();
    // A menu ignores the mouse for a moment after it has opened.
    await until(`the menu to take '${text}'`, async () => {
      if (await entry.isVisible()) {
        await entry.click({ timeout: 1000 }).catch(() => undefined);
      }
      await this.#labels.first().waitFor({ state: 'hidden', timeout: 500 });
      return true;
    });
  }

  /** Closes the menu without a choice. */
  async close(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#labels.first().waitFor({ state: 'hidden' });
  }

  /** In the browser build menus live in an open shadow root, which Playwright's selectors look into. */
  get #labels(): Locator {
    return this.#page.locator('.context-view .monaco-menu .action-label:not(.separator)');
  }
}
