import type { Page } from 'playwright-core';

import { generateRepository } from '../hub/generate.ts';
import { startHub } from '../hub/hub.ts';
import { World } from '../hub/world.ts';
import { startWorkbench } from '../ui/startWorkbench.ts';
import { until } from '../ui/until.ts';
import type { View } from '../ui/view.ts';
import type { Workbench } from '../ui/workbench.ts';

/** What was measured in a real VS Code; one number a start, in milliseconds. */
export interface HostFigures {
  /** Loading the code and the call of `activate`, as VS Code counts them. */
  readonly activationMs: readonly number[];
  /** From the click that expands a repository of 10,000 tags to its first row on the screen. */
  readonly firstRowMs: readonly number[];
  /** How long the Hub takes for an answer. */
  readonly roundTripMs: number;
}

const user = { name: 'ada', secret: 'dckr_pat_ada-delete-00000000000' };
const repository = 'huge';
const roundTripMs = 100;
const tagLevel = 4;

/** The browser's, in the functions that run in the page. */
declare const document: {
  readonly body: unknown;
  querySelector(selector: string): unknown;
  addEventListener(type: string, listener: () => void, options: { readonly capture: true; readonly once: true }): void;
};
declare const MutationObserver: new (callback: () => void) => {
  observe(target: unknown, options: object): void;
  disconnect(): void;
};

/** Starts the extension host of a VS Code with a packaged extension so many times, and measures each time. */
export async function measureHost({
  starts,
  vsix,
}: {
  readonly starts: number;
  readonly vsix: string;
}): Promise<HostFigures> {
  const world = new World();
  world.addAccount({ name: user.name, tokens: [{ secret: user.secret, scope: 'repo:admin' }] });
  world.addRepository(generateRepository({ namespace: user.name, name: repository, tags: 10_000 }));
  const hub = await startHub({ world, latencyMs: roundTripMs });
  try {
    const workbench = await startWorkbench({
      hubOrigin: hub.origin,
      vsix,
      settings: { 'workbench.editor.useModal': 'off' },
    });
    try {
      await signIn(workbench);
      const [activationMs, firstRowMs]: [number[], number[]] = [[], []];
      for (let start = 0; start < starts; start++) {
        // With the view in sight, it would be activated in the midst of all that VS Code itself does at its start.
        await workbench.openContainer('Explorer');
        await workbench.reload();
        activationMs.push(await activationTime(workbench));
        firstRowMs.push(await firstRowTime(workbench));
      }
      return { activationMs, firstRowMs, roundTripMs };
    } finally {
      await workbench.close();
    }
  } finally {
    await hub.close();
  }
}

async function signIn(workbench: Workbench): Promise<void> {
  await workbench.openContainer();
  await workbench.view('Repositories').welcomeButton('Sign In').click();
  await workbench.quickInput.waitFor('Docker ID or organization');
  await workbench.quickInput.submit(user.name);
  await workbench.quickInput.waitFor(`as ${user.name}`);
  await workbench.quickInput.submit(user.secret);
  await workbench.toasts.waitFor(`Signed in as ${user.name}`);
}

/** As "Developer: Show Running Extensions" lists it. */
async function activationTime(workbench: Workbench): Promise<number> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page
    .locator('.runtime-extensions-editor .extension')
    .filter({ hasText: 'Pruner for Docker Hub' });
  const text = await until(
    'the activation',
    () => row.locator('.activation-time').innerText(),
    (shown) => /\d+ ?ms/.test(shown),
    60_000,
  );
  return Number(/(\d+) ?ms/.exec(text)![1]);
}

async function firstRowTime(workbench: Workbench): Promise<number> {
  await workbench.openContainer();
  const view = workbench.view('Repositories');
  await view.untilRows(
    'the repository, closed',
    (rows) =>
      rows.some(({ label, expanded }) => label === repository && expanded === false) &&
      rows.every(({ level }) => level < tagLevel),
  );
  const measured = measureInPage(workbench.page);
  await twistie(view).click();
  return measured;
}

function twistie(view: View) {
  return view.row(repository).locator('.monaco-tl-twistie');
}

/** Milliseconds from the next click until a tag's row stands on the screen. */
async function measureInPage(page: Page): Promise<number> {
  return page.evaluate(
    (level) =>
      new Promise<number>((resolve) => {
        document.addEventListener(
          'click',
          () => {
            const clickedAt = performance.now();
            const observer = new MutationObserver(() => {
              if (!document.querySelector(`.part.sidebar .monaco-list-row[aria-level="${level}"]`)) return;
              observer.disconnect();
              resolve(performance.now() - clickedAt);
            });
            observer.observe(document.body, { childList: true, subtree: true });
          },
          { capture: true, once: true },
        );
      }),
    tagLevel,
  );
}
