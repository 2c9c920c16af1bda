import { join } from 'node:path';

import type { BrowserContext, Page } from 'playwright-core';

import { distFolder } from '../../scripts/extensionBuild.ts';
import { launchBrowser } from '../../scripts/launchBrowser.ts';
import { temporaryFolder } from '../../scripts/temporaryFolder.ts';
import type { DraftSource } from '../../src/retention/draft/draftTable.ts';
import type { PlanPanel } from '../../src/editor/planPanel/planPanel.ts';
import type { ShownPlan } from '../../src/editor/planPanel/planPort.ts';
import { parseAge } from '../../src/retention/tags/age.ts';
import { policyOlderThan, type Policy } from '../../src/retention/policy/policy.ts';
import { compileProtect } from '../../src/retention/policy/protect.ts';
import { useVscodeDouble } from './vscodeDouble.ts';

const origin = 'http://127.0.0.1:9';

/** A plan panel whose page is in a browser and whose other side is in this process, without an editor around it. */
export interface PlanPageStage extends AsyncDisposable {
  readonly page: Page;
  readonly panel: PlanPanel;
  /** The plans that the page asked to delete. */
  readonly deletions: ShownPlan[];
  /** What the extension could not make sense of or failed at. */
  readonly failures: unknown[];
  /** What the page asked to keep for later. */
  kept(): Promise<unknown>;
  /** Shows lists and waits until they are painted. @returns the milliseconds that took */
  show(sources: readonly DraftSource[]): Promise<number>;
  /**
   * Milliseconds from a change in the page to the paint of the plan that answers it.
   * @param change a function of the page as a text; `type(id, text)` fills a control
   */
  timeOf(change: string): Promise<number>;
}

/** What a stage begins with. */
export interface StageOptions {
  readonly now?: number;
  readonly policy?: Policy;
  readonly repositories?: readonly { readonly namespace: string; readonly name: string }[];
  /** Default: such that the window is 1280 wide. */
  readonly width?: number;
}

/** Opens a page with the real other side. `dist` must hold the build. */
export async function planPageStage({
  now = Date.now(),
  policy,
  repositories = [{ namespace: 'acme', name: 'web' }],
  width = 1280,
}: StageOptions = {}): Promise<PlanPageStage> {
  useVscodeDouble();
  const [{ PlanPanel }, { pageHtml }] = await Promise.all([
    import('../../src/editor/planPanel/planPanel.ts'),
    import('../../src/editor/planPanel/pageHtml.ts'),
  ]);
  const folder = await temporaryFolder('page');
  const browser: BrowserContext = await launchBrowser(join(folder.path, 'profile'));
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.setViewportSize({ width, height: 900 });
  let receive: (value: unknown) => void = () => undefined;
  const webview = {
    cspSource: origin,
    asWebviewUri: (uri: unknown) => String(uri),
    onDidReceiveMessage: (listener: (value: unknown) => void) => {
      receive = listener;
      return { dispose: () => undefined };
    },
    postMessage: (message: unknown) =>
      page.evaluate(
        (data) =>
          (globalThis as unknown as { postMessage(data: unknown, target: string): void }).postMessage(data, '*'),
        message,
      ),
  };
  const event = () => ({ dispose: () => undefined });
  const deletions: ShownPlan[] = [];
  const failures: unknown[] = [];
  const port = {
    account: {
      name: 'acme',
      kind: 'user',
      origins: {
        api: 'https://hub.docker.com',
        registry: 'https://registry-1.docker.io',
        token: 'https://auth.docker.io',
      },
    },
    read: () => Promise.reject(new Error('nothing to read')),
    delete: async (plan: ShownPlan) => void deletions.push(plan),
    export: async () => undefined,
    save: async () => undefined,
    fail: (error: unknown) => void failures.push(error),
    onDidChangeTags: event,
  } as const;
  const start = {
    title: 'Prune Plan: acme/web',
    repositories,
    policy: policy ?? policyOlderThan(parseAge('90 days', now)),
  };
  const panel = new PlanPanel(
    { webview, visible: true, onDidChangeViewState: event, onDidDispose: event } as never,
    port,
    start,
  );
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      await route.fulfill({ contentType: 'text/html', body: pageHtml(webview as never, origin as never, start.title) });
    } else {
      await route.fulfill({ path: join(distFolder, pathname.replace('/dist/', '')) });
    }
  });
  await page.exposeFunction('toHost', (message: unknown) => receive(message));
  await page.addInitScript(() => {
    const global = globalThis as unknown as Record<string, unknown> & { toHost(message: unknown): void };
    global['acquireVsCodeApi'] = () => ({
      postMessage: (message: unknown) => global.toHost(message),
      setState: (state: unknown) => (global['kept'] = state),
    });
  });
  page.on('pageerror', (error) => failures.push(error));
  page.on('console', (message) => void (message.type() === 'error' && failures.push(message.text())));
  await page.goto(`${origin}/`);
  await page.locator('.plan').waitFor({ state: 'attached' });
  const painted = (): Promise<number> => page.evaluate(() => performance.getEntriesByName('plan painted').length);
  const nextPaint = async (before: number): Promise<void> => {
    await page.waitForFunction((count) => performance.getEntriesByName('plan painted').length > count, before, {
      polling: 'raf',
    });
  };
  return {
    page,
    panel,
    deletions,
    failures,
    kept: () => page.evaluate(() => (globalThis as unknown as Record<string, unknown>)['kept']),
    async show(sources) {
      const [before, startedAt] = [await painted(), performance.now()];
      await panel.show({
        sources,
        protect: compileProtect(['latest']),
        maxDeletions: 0,
        now,
        unread: [],
        doubts: [],
        asOf: now,
      });
      await nextPaint(before);
      return performance.now() - startedAt;
    },
    timeOf: (change) =>
      page.evaluate(`(async () => {
        const type = (id, text) => {
          const input = document.getElementById(id).shadowRoot.querySelector('input');
          input.value = text;
          input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
        };
        const count = () => performance.getEntriesByName('plan painted').length;
        const [before, startedAt] = [count(), performance.now()];
        (${change})();
        while (count() === before) await new Promise((resolve) => requestAnimationFrame(resolve));
        return performance.getEntriesByName('plan painted').at(-1).startTime - startedAt;
      })()`),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
