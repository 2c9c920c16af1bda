import type { Locator, Page } from 'playwright-core';

import { until } from './until.ts';
import { wholeText } from './wholeText.ts';

/** A notification in the corner. */
export interface Toast {
  readonly text: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly buttons: readonly string[];
}

/** The notifications in the corner. One is named by a part of its text, or by an expression. */
export class Toasts {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Those on the screen, the newest first. */
  async all(): Promise<Toast[]> {
    return this.#toasts.evaluateAll((elements) =>
      elements.map((element) => {
        const icon = element.querySelector('.notification-list-item-icon')?.className ?? '';
        return {
          text: (element.querySelector('.notification-list-item-message')?.textContent ?? '').trim(),
          severity: icon.includes('codicon-error')
            ? ('error' as const)
            : icon.includes('codicon-warning')
              ? ('warning' as const)
              : ('info' as const),
          buttons: [...element.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map(
            (button) => (button.textContent ?? '').trim(),
          ),
        };
      }),
    );
  }

  /** Waits for a notification and returns it. */
  async waitFor(text: string | RegExp, timeout = 15_000): Promise<Toast> {
    const toasts = await until(
      `a notification '${String(text)}'`,
      () => this.all(),
      (all) => all.some((toast) => fits(toast, text)),
      timeout,
    );
    return toasts.find((toast) => fits(toast, text))!;
  }

  /** Waits until no notification fits. */
  async waitUntilGone(text: string | RegExp, timeout = 15_000): Promise<void> {
    await until(
      `'${String(text)}' to go`,
      () => this.all(),
      (all) => !all.some((toast) => fits(toast, text)),
      timeout,
    );
  }

  /** Waits for a notification and clicks a button of it; `Cancel` is that of a progress. */
  async click(text: string | RegExp, button: string): Promise<void> {
    const toast = this.#toast(text);
    await toast.waitFor();
    await toast
      .locator('.notification-list-item-buttons-container .monaco-button')
      .filter({ hasText: wholeText(button) })
      .click();
  }

  /** Cancels the progress that the notification shows. */
  async cancelProgress(text: string | RegExp): Promise<void> {
    await this.click(text, 'Cancel');
  }

  /** Clears all notifications that can be cleared. */
  async clear(): Promise<void> {
    await until('the notifications to go', async () => {
      const close = this.#page.locator('.notifications-toasts a.action-label.codicon-notifications-clear').first();
      if ((await this.all()).length === 0) {
        return true;
      }
      await this.#toasts.first().hover({ timeout: 1000 });
      await close.click({ timeout: 1000 });
      return false;
    });
  }

  get #toasts(): Locator {
    return this.#page.locator('.notifications-toasts.visible .notification-list-item');
  }

  #toast(text: string | RegExp): Locator {
    return this.#toasts
      .filter({ has: this.#page.locator('.notification-list-item-message').filter({ hasText: text }) })
      .first();
  }
}

function fits(toast: Toast, text: string | RegExp): boolean {
  return typeof text === 'string' ? toast.text.includes(text) : text.test(toast.text);
}
