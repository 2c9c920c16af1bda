import type { Locator, Page } from 'playwright-core';

import { ContextMenu } from './contextMenu.ts';
import { until } from './until.ts';
import { wholeText } from './wholeText.ts';

/** The browser's, in the functions that run in the page. */
declare function getComputedStyle(
  element: unknown,
  pseudo?: string,
): { color: string; content: string; display: string };

/** A row of a tree as a person sees, or hears, it. */
export interface TreeRow {
  readonly label: string;
  /** '' when there is none. */
  readonly description: string;
  /** 1 for the outermost. */
  readonly level: number;
  /** undefined for a row that cannot be expanded. */
  readonly expanded: boolean | undefined;
  readonly selected: boolean;
  /** What a screen reader says. */
  readonly ariaLabel: string;
  /** CSS colors as computed; that of the icon is undefined when there is no icon. */
  readonly labelColor: string;
  readonly iconColor: string | undefined;
  /** The characters that a file decoration puts at the end; '' when there are none. */
  readonly badge: string;
}

/** A tree view in the side bar. A row is named by its whole label, or by an expression; the first that fits is meant. */
export class View {
  readonly title: string;
  readonly menu: ContextMenu;
  /** The view with its header. */
  readonly pane: Locator;
  readonly #page: Page;

  constructor(page: Page, title: string) {
    this.#page = page;
    this.title = title;
    this.menu = new ContextMenu(page);
    this.pane = page
      .locator('.part.sidebar .pane')
      .filter({ has: page.locator(`.pane-header[aria-label*="${title}"]`) });
  }

  /** Unfolds the view when it is folded. */
  async unfold(): Promise<void> {
    const header = this.pane.locator('.pane-header');
    await header.waitFor({ state: 'attached' });
    await until(`the view ${this.title} to unfold`, async () => {
      if ((await header.getAttribute('aria-expanded')) === 'false') {
        await header.click({ timeout: 1000 });
      }
      return (await header.getAttribute('aria-expanded')) !== 'false';
    });
  }

  /** The text of the view's welcome content, shown while there are no rows. Waits for it. */
  async welcomeText(): Promise<string> {
    return until(`the welcome of ${this.title}`, async () =>
      (await this.pane.locator('.welcome-view-content').innerText({ timeout: 1000 })).trim(),
    );
  }

  /** A button of the welcome content. */
  welcomeButton(text: string): Locator {
    return this.pane.locator('.welcome-view-content .monaco-button').filter({ hasText: text });
  }

  /** The message above the rows; '' when there is none. */
  async message(): Promise<string> {
    const message = this.pane.locator('.tree-explorer-viewlet-tree-view > .message:not(.hide)');
    return (await message.count()) > 0 ? (await message.innerText()).trim() : '';
  }

  /** The rows that are on the screen, from top to bottom; a tree draws no others. */
  async rows(): Promise<TreeRow[]> {
    const rows = await this.pane.locator('.monaco-list-rows > .monaco-list-row').evaluateAll((elements) =>
      elements.map((element) => {
        const icon = element.querySelector('.custom-view-tree-node-item-icon');
        const name = element.querySelector('.label-name');
        const label = element.querySelector('.monaco-icon-label');
        const after = label ? getComputedStyle(label, '::after').content : 'none';
        const expanded = element.getAttribute('aria-expanded');
        return {
          index: Number(element.getAttribute('data-index')),
          label: name?.textContent ?? '',
          description: element.querySelector('.label-description')?.textContent ?? '',
          level: Number(element.getAttribute('aria-level')),
          expanded: expanded === null ? undefined : expanded === 'true',
          selected: element.getAttribute('aria-selected') === 'true',
          ariaLabel: element.getAttribute('aria-label') ?? '',
          labelColor: name ? getComputedStyle(name).color : '',
          iconColor: icon ? getComputedStyle(icon).color : undefined,
          badge: after === 'none' || after === 'normal' ? '' : after.replace(/^"|"$/g, ''),
        };
      }),
    );
    return rows.sort((a, b) => a.index - b.index).map(({ index: _index, ...row }) => row);
  }

  /** Waits until the rows on the screen satisfy, and returns them. */
  async untilRows(what: string, satisfies: (rows: TreeRow[]) => boolean, timeout?: number): Promise<TreeRow[]> {
    return until(`${this.title}: ${what}`, () => this.rows(), satisfies, timeout);
  }

  /** The element of a row on the screen. */
  row(label: string | RegExp): Locator {
    const text = typeof label === 'string' ? wholeText(label) : label;
    const name = this.#page.locator('.label-name').filter({ hasText: text });
    return this.pane.locator('.monaco-list-rows > .monaco-list-row').filter({ has: name }).first();
  }

  /** Scrolls, to the top and then down, until the row is on the screen; waits for one that is still to come. */
  async scrollTo(label: string | RegExp): Promise<Locator> {
    const row = this.row(label);
    if (await row.isVisible()) {
      return row;
    }
    await until(`the row ${String(label)} of ${this.title}`, async () => {
      await this.#scroll(-1, () => this.#ends(row, '[data-index="0"]'));
      await this.#scroll(1, () => this.#ends(row, '[data-last-element="true"]'));
      return row.isVisible();
    });
    return row;
  }

  /** Expands a row and waits until it says so. */
  async expand(label: string | RegExp): Promise<void> {
    await this.#setExpanded(label, true);
  }

  /** Collapses a row and waits until it says so. */
  async collapse(label: string | RegExp): Promise<void> {
    await this.#setExpanded(label, false);
  }

  /** Clicks a row: selects it and runs its command; one with children and no command also opens or closes. */
  async click(label: string | RegExp, modifiers: ('Control' | 'Shift')[] = []): Promise<void> {
    await (await this.scrollTo(label)).locator('.label-name').click({ modifiers });
  }

  /** The text of the tooltip of a row. Waits for it. */
  async tooltip(label: string | RegExp): Promise<string> {
    const row = await this.scrollTo(label);
    const hover = this.#page.locator('.workbench-hover .hover-contents').first();
    await until(`the tooltip of ${String(label)}`, async () => {
      // A hover shows when the mouse comes to rest, so it has to come.
      await this.#page.mouse.move(0, 0);
      await row.locator('.label-name').hover({ timeout: 1000 });
      await hover.waitFor({ timeout: 2000 });
      return true;
    });
    // What the extension gives only when asked comes after the hover.
    return until(
      `the text of the tooltip of ${String(label)}`,
      async () => (await hover.innerText()).trim(),
      (text) => text !== '' && !/^Loading/.test(text),
    );
  }

  /** Opens the menu of a row and returns its entries; choose with `menu.pick`. */
  async openMenu(label: string | RegExp): Promise<string[]> {
    await (await this.scrollTo(label)).locator('.label-name').click({ button: 'right' });
    return this.menu.items();
  }

  /** Opens the menu of a row and chooses an entry. */
  async pickFromMenu(label: string | RegExp, entry: string): Promise<void> {
    await this.openMenu(label);
    await this.menu.pick(entry);
  }

  /** The titles of a row's inline actions. */
  async inlineActions(label: string | RegExp): Promise<string[]> {
    const row = await this.scrollTo(label);
    await row.hover();
    return row
      .locator('.actions a.action-label')
      .evaluateAll((links) => links.map((link) => link.getAttribute('aria-label') ?? ''));
  }

  /** Clicks an inline action of a row. */
  async clickInline(label: string | RegExp, action: string): Promise<void> {
    const row = await this.scrollTo(label);
    await row.hover();
    await row.locator(`.actions a.action-label[aria-label^="${action}"]`).click();
  }

  /** The titles of the actions in the view's header. */
  async titleActions(): Promise<string[]> {
    await this.pane.hover();
    return this.#titleActions().evaluateAll((links) => links.map((link) => link.getAttribute('aria-label') ?? ''));
  }

  /** Clicks an action in the view's header, or chooses it from "More Actions…". */
  async clickTitle(action: string): Promise<void> {
    await this.pane.hover();
    const button = this.#titleActions(`[aria-label^="${action}"]`).first();
    if (await button.isVisible()) {
      await button.click();
    } else {
      await this.#titleActions('[aria-label^="More Actions"]').first().click();
      await this.menu.pick(action);
    }
  }

  /** The only view of a container has no header of its own: its actions stand in the side bar's. */
  #titleActions(condition = ''): Locator {
    const own = this.pane.locator(`.pane-header a.action-label${condition}`);
    return own.or(this.#page.locator(`.part.sidebar > .title a.action-label${condition}`));
  }

  /** Turns the wheel over the rows, most of a page at a time, until it may stop. */
  async #scroll(direction: 1 | -1, mayStop: () => Promise<boolean>): Promise<void> {
    const list = this.pane.locator('.monaco-list');
    if (await mayStop()) {
      return;
    }
    const height = (await list.boundingBox())?.height ?? 200;
    await list.hover();
    await until(
      `the rows of ${this.title} to end`,
      async () => {
        if (await mayStop()) {
          return true;
        }
        await this.#page.mouse.wheel(0, direction * Math.max(22, height * 0.7));
        return false;
      },
      Boolean,
      60_000,
    );
  }

  /** Whether there is no more to scroll: the row is on the screen, or the end, or there are no rows. */
  async #ends(row: Locator, end: string): Promise<boolean> {
    const rows = this.pane.locator('.monaco-list-rows > .monaco-list-row');
    return (
      (await row.isVisible()) || (await rows.and(this.#page.locator(end)).count()) > 0 || (await rows.count()) === 0
    );
  }

  async #setExpanded(label: string | RegExp, wanted: boolean): Promise<void> {
    const row = await this.scrollTo(label);
    await until(`${String(label)} to be ${wanted ? 'expanded' : 'collapsed'}`, async () => {
      if ((await row.getAttribute('aria-expanded')) !== String(wanted)) {
        await row.locator('.monaco-tl-twistie').click({ timeout: 1000 });
      }
      return (await row.getAttribute('aria-expanded')) === String(wanted);
    });
  }
}
