import type { Locator, Page } from 'playwright-core';

import { until } from './until.ts';
import { wholeText } from './wholeText.ts';

/** The browser's, in the functions that run in the page. */
declare function getComputedStyle(
  element: unknown,
  pseudo?: string,
): { color: string; content: string; display: string };

/** A row of a quick pick. */
export interface QuickPickRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** undefined when only one row can be picked. */
  readonly checked: boolean | undefined;
}

/** The box at the top of the window: quick pick, input box and palette. */
export class QuickInput {
  readonly widget: Locator;
  readonly #page: Page;
  readonly #input: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.widget = page.locator('.quick-input-widget');
    this.#input = this.widget.locator('.quick-input-box input');
  }

  /** Waits until it is open, with this in its title or placeholder when given. */
  async waitFor(text?: string): Promise<void> {
    await this.widget.waitFor();
    if (text !== undefined) {
      await until(
        `a quick input with '${text}'`,
        async () => `${await this.title()}\n${await this.placeholder()}\n${await this.message()}`,
        (shown) => shown.includes(text),
      );
    }
  }

  /** Waits until it is closed. */
  async waitUntilClosed(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** The title; '' when there is none. */
  async title(): Promise<string> {
    const bar = this.widget.locator('.quick-input-title');
    return (await bar.isVisible()) ? (await bar.innerText()).trim() : '';
  }

  /** The placeholder of the input. */
  async placeholder(): Promise<string> {
    return (await this.#input.getAttribute('placeholder')) ?? '';
  }

  /** What stands in the input. */
  async value(): Promise<string> {
    return this.#input.inputValue();
  }

  /** Whether what is typed is hidden. */
  async isPassword(): Promise<boolean> {
    return (await this.#input.getAttribute('type')) === 'password';
  }

  /** The prompt or, while the input is not valid, what is wrong with it; '' when there is neither. */
  async message(): Promise<string> {
    const message = this.widget.locator('.quick-input-message');
    return (await message.isVisible()) ? (await message.innerText()).trim() : '';
  }

  /** Waits until the message is, or holds, this. */
  async untilMessage(text: string): Promise<string> {
    return until(
      `the message '${text}'`,
      () => this.message(),
      (message) => message.includes(text),
    );
  }

  /** Replaces what stands in the input. */
  async fill(text: string): Promise<void> {
    await this.#input.fill(text);
  }

  /** Presses Enter. */
  async accept(): Promise<void> {
    await this.#input.press('Enter');
  }

  /** Fills the input and presses Enter. */
  async submit(text: string): Promise<void> {
    await this.fill(text);
    await this.accept();
  }

  /** Presses Escape and waits until it is closed. */
  async cancel(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.waitUntilClosed();
  }

  /** Clicks a button of the title bar, such as Back. */
  async clickButton(title: string): Promise<void> {
    await this.widget.locator(`.quick-input-titlebar a.action-label[aria-label^="${title}"]`).click();
  }

  /** The rows on the screen. */
  async rows(): Promise<QuickPickRow[]> {
    return this.widget.locator('.monaco-list-rows > .monaco-list-row').evaluateAll((elements) =>
      elements
        .sort((a, b) => Number(a.getAttribute('data-index')) - Number(b.getAttribute('data-index')))
        .map((element) => {
          const box = element.querySelector('.quick-input-list-checkbox, .monaco-checkbox, input[type="checkbox"]');
          const many = box !== null && getComputedStyle(box).display !== 'none';
          const checked = element.getAttribute('aria-checked') ?? box?.getAttribute('aria-checked');
          const meta = element.querySelector('.quick-input-list-label-meta');
          return {
            label: element.querySelector('.label-name')?.textContent ?? '',
            description: element.querySelector('.label-description')?.textContent ?? '',
            // Rows are used again: what an earlier one said is still there, hidden.
            detail: meta && meta.getClientRects().length > 0 ? (meta.textContent ?? '') : '',
            checked: many ? checked === 'true' : undefined,
          };
        }),
    );
  }

  /** Waits until there is a row with this label, and chooses it; of a quick pick for many, it checks or clears the row. */
  async pick(label: string | RegExp): Promise<void> {
    await this.#row(label).click();
  }

  /** Checks exactly these rows of a quick pick for many, and accepts with its OK button. */
  async pickMany(labels: readonly string[]): Promise<void> {
    await this.#row(/./).waitFor();
    for (const { label, checked } of await this.rows()) {
      if (checked !== labels.includes(label)) {
        await this.pick(label);
      }
    }
    await until(
      'the rows to be checked',
      async () => (await this.rows()).filter((row) => row.checked).map((row) => row.label),
      (checked) => checked.length === labels.length,
    );
    await this.widget.locator('.quick-input-action .monaco-button').filter({ hasText: 'OK' }).click();
  }

  /** Runs a command through the palette, by its whole title with its category, such as `Docker Hub: Refresh`. */
  async runCommand(title: string): Promise<void> {
    await until(`the palette to offer '${title}'`, async () => {
      await this.#page.keyboard.press('F1');
      await this.#input.waitFor({ timeout: 1000 });
      await this.fill(`>${title}`);
      await this.#row(title).click({ timeout: 3000 });
      return true;
    });
  }

  /** Whether the palette offers a command with this title. */
  async offersCommand(title: string): Promise<boolean> {
    await this.#page.keyboard.press('F1');
    await this.#input.waitFor();
    await this.fill(`>${title}`);
    // The palette has settled once it shows rows for what was typed, if only that nothing fits.
    await this.#row(/./).waitFor();
    const rows = await until(
      'the palette',
      () => this.rows(),
      (found) => found.length > 0 && found.length < 15,
    );
    await this.cancel();
    return rows.some((row) => row.label === title);
  }

  #row(label: string | RegExp): Locator {
    const text = typeof label === 'string' ? wholeText(label) : label;
    return this.widget
      .locator('.monaco-list-row')
      .filter({ has: this.#page.locator('.label-name').filter({ hasText: text }) })
      .first();
  }
}
