import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { FrameLocator, Locator, Page } from 'playwright-core';

import type { Hub } from '../hub/hub.ts';
import { resultsFolder } from '../../scripts/projectPaths.ts';
import { checkFiles } from './checkFiles.ts';
import { ContextMenu } from './contextMenu.ts';
import { Dialog } from './dialog.ts';
import { QuickInput } from './quickInput.ts';
import { Toasts } from './toasts.ts';
import { until } from './until.ts';
import { View } from './view.ts';

/** The color themes of VS Code: by the setting `workbench.colorTheme`, in the picker, and as a class of the page. */
export const themes = {
  light: { id: 'Light Modern', shown: 'Light Modern', className: 'vs' },
  dark: { id: 'Dark Modern', shown: 'Dark Modern', className: 'vs-dark' },
  highContrast: { id: 'Default High Contrast', shown: 'Dark High Contrast', className: 'hc-black' },
  highContrastLight: { id: 'Default High Contrast Light', shown: 'Light High Contrast', className: 'hc-light' },
} as const;

/** A key of `themes`. */
export type Theme = keyof typeof themes;

/** What starts and ends below a window. */
export interface WorkbenchHost {
  /** The path of the folder that is open. */
  readonly workspace: string;
  /** The folders that VS Code and its extensions write into. */
  readonly written: readonly string[];
  /** Writes more of the user's settings. */
  writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes a file of the folder that is open. */
  writeFile(path: string, text: string): Promise<void>;
  /** Ends VS Code's server with its extension host and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends everything. */
  close(): Promise<void>;
}

/** A window of VS Code as a person uses it, with the packaged extension; `startWorkbench` opens one. */
export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly dialog: Dialog;
  readonly toasts: Toasts;
  readonly menu: ContextMenu;
  readonly #url: string;
  readonly #host: WorkbenchHost;

  constructor(page: Page, url: string, host: WorkbenchHost) {
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.dialog = new Dialog(page);
    this.toasts = new Toasts(page);
    this.menu = new ContextMenu(page);
    this.#url = url;
    this.#host = host;
  }

  /** Loads the page and waits until the window is there. */
  async load(): Promise<void> {
    await this.page.goto(this.#url, { waitUntil: 'commit' });
    await this.page.locator('.monaco-workbench .activitybar .action-item').first().waitFor({ timeout: 60_000 });
  }

  /** Reloads the window: the extension host starts anew. */
  async reload(): Promise<void> {
    await this.load();
  }

  /** Ends VS Code's server at once and starts it again, like a crash and a new start of VS Code. */
  async restart(): Promise<void> {
    await this.page.goto('about:blank');
    await this.#host.restart();
    await this.load();
  }

  /** The path of the folder that is open. */
  get workspace(): string {
    return this.#host.workspace;
  }

  /** Writes a file of the folder that is open, as another program would. */
  async writeFile(path: string, text: string): Promise<void> {
    await this.#host.writeFile(path, text);
  }

  /** Opens a view container of the activity bar by its title; when it is open, it stays so. */
  async openContainer(title = 'Pruner for Docker Hub'): Promise<void> {
    const entry = this.#container(title);
    const shown = this.page.locator('.activitybar .action-item.checked').filter({ has: this.#containerLink(title) });
    await entry.waitFor({ timeout: 60_000 });
    await until(`the view container ${title} to open`, async () => {
      if (!(await shown.isVisible())) {
        await entry.click({ timeout: 2000 });
      }
      await shown.waitFor({ timeout: 2000 });
      return true;
    });
  }

  /** The characters on a container's icon in the activity bar; '' when there are none. */
  async containerBadge(title = 'Pruner for Docker Hub'): Promise<string> {
    const badge = this.#container(title).locator('.badge-content');
    return (await badge.first().isVisible()) ? (await badge.first().innerText()).trim() : '';
  }

  /** A tree view of the container that is open, by its title. */
  view(title: string): View {
    return new View(this.page, title);
  }

  /** Runs a command through the palette, by its whole title with its category, such as `Docker Hub: Refresh`. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** What is inside the webview of the editor that is open, such as the plan panel. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** The titles of the open editors. */
  async editors(): Promise<string[]> {
    return this.page.locator('.tabs-container .tab .label-name').allInnerTexts();
  }

  /** Waits until the text that is on the screen in the output panel satisfies, and returns it. */
  async output(satisfies: (text: string) => boolean = Boolean): Promise<string> {
    const lines = this.page.locator('.part.panel .view-lines .view-line');
    return until(
      'the output panel',
      async () => (await lines.allInnerTexts()).join('\n').replaceAll('\u00a0', ' '),
      satisfies,
    );
  }

  /** What a user has in the clipboard after a copy. */
  async clipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /**
   * Changes user settings and reloads the window, because the server does not tell the page reliably that the file has
   * changed. Those that were given at the start stay.
   */
  async setSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#host.writeSettings(settings);
    await this.reload();
  }

  /** Changes the color theme, in the picker and so without a reload, and waits until it shows. */
  async setTheme(theme: Theme): Promise<void> {
    const { shown, className } = themes[theme];
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput.waitFor('Select Color Theme');
    await this.quickInput.fill(shown);
    await this.quickInput.pick(shown);
    await this.quickInput.waitUntilClosed();
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  /** Takes a picture of the window as `test-results/<name>.png` and returns its path. */
  async screenshot(name: string): Promise<string> {
    const path = join(resultsFolder, `${name}.png`);
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path, animations: 'disabled' });
    return path;
  }

  /**
   * Checks that none of these credentials stands in any file that was written, logs and journals among them (invariant 9). What is typed
   * into the browser stays there.
   */
  async checkSecrets({ world, tokens }: Pick<Hub, 'world' | 'tokens'>): Promise<void> {
    await checkFiles(this.#host.written, [...world.secrets, ...tokens]);
  }

  /** Ends the window, its browser and its server. */
  async close(): Promise<void> {
    await this.#host.close();
  }

  #container(title: string): Locator {
    return this.page.locator('.activitybar .action-item').filter({ has: this.#containerLink(title) });
  }

  #containerLink(title: string): Locator {
    return this.page.locator(`a.action-label[aria-label^="${title}"]`);
  }
}
