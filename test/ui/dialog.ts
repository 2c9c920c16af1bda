import type { Locator, Page } from 'playwright-core';

import { wholeText } from './wholeText.ts';

/** A modal dialog. */
export class Dialog {
  readonly box: Locator;

  constructor(page: Page) {
    this.box = page.locator('.monaco-dialog-box');
  }

  /** The question. Waits for the dialog. */
  async text(): Promise<string> {
    return (await this.box.locator('.dialog-message-text').innerText()).trim();
  }

  /** The small print below the question; '' when there is none. Waits for the dialog. */
  async detail(): Promise<string> {
    await this.box.waitFor();
    const detail = this.box.locator('.dialog-message-detail');
    return (await detail.count()) > 0 ? (await detail.innerText()).trim() : '';
  }

  /** The texts of the buttons, as they stand. Waits for the dialog. */
  async buttons(): Promise<string[]> {
    await this.box.waitFor();
    return (await this.box.locator('.dialog-buttons .monaco-button').allInnerTexts()).map((text) => text.trim());
  }

  /** Clicks the button with exactly this text and waits until the dialog is gone. */
  async choose(button: string): Promise<void> {
    await this.box
      .locator('.dialog-buttons .monaco-button')
      .filter({ hasText: wholeText(button) })
      .click();
    await this.box.waitFor({ state: 'hidden' });
  }

  /** Chooses Cancel. */
  async cancel(): Promise<void> {
    await this.choose('Cancel');
  }

  /** Whether a dialog is open at this moment. */
  async isOpen(): Promise<boolean> {
    return this.box.isVisible();
  }
}
