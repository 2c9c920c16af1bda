import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { parseAge } from '../../../../src/retention/tags/age.ts';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import { policyOlderThan } from '../../../../src/retention/policy/policy.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import type { HostMessage, PageMessage } from '../../../../src/editor/planPanel/messages.ts';
import type { PanelState } from '../../../../src/editor/planPanel/panelState.ts';
import type { PlanLists, PlanPort } from '../../../../src/editor/planPanel/planPort.ts';
import { controlsOf } from '../../../../src/editor/planPanel/policyValue.ts';

const now = Date.UTC(2026, 10, 25);
const day = 86_400_000;

/** The rule that a panel begins with. */
const firstPolicy = policyOlderThan(parseAge('90 days', now));

/** The controls of that rule. */
export const firstControls = controlsOf(firstPolicy);

/** What a page keeps after these messages: each gives the properties that have changed. */
export function keptBy(messages: readonly HostMessage[]): Partial<PanelState> {
  return Object.assign(
    {},
    ...messages.map((message) => (message.type === 'keep' ? message.state : {})),
  ) as Partial<PanelState>;
}

/** A plan panel without a window, and what its page would see. */
export interface PanelStage extends AsyncDisposable {
  /** What the page was sent, in order. */
  readonly messages: readonly HostMessage[];
  /** Sends a message as the page does, and waits for the next message of a type. */
  say<T extends HostMessage['type']>(
    message: PageMessage,
    answer: T,
  ): Promise<Extract<HostMessage, { readonly type: T }>>;
  /** The next message of a type. */
  next<T extends HostMessage['type']>(type: T): Promise<Extract<HostMessage, { readonly type: T }>>;
  /** Shows lists, as when they are read again. */
  show(lists: PlanLists): Promise<void>;
  /** The page is hidden, and is there again. */
  reopen(): Promise<void>;
}

/** Lists of so many repositories, each with so many tags, pushed on 400 days. */
export function manyLists(repositories: number, tagsOfEach: number): PlanLists {
  const sources = Array.from({ length: repositories }, (_, r) => ({
    repository: { namespace: 'acme', name: `service-${r}` },
    tags: Array.from({ length: tagsOfEach }, (__, i): Tag => {
      const digest = `sha256:${(r * tagsOfEach + i).toString(16).padStart(64, '0')}`;
      const pushedAt = now - ((i * 400) / tagsOfEach) * day - r;
      return { name: `build-${tagsOfEach - i}`, digest, pushedAt, pulledAt: pushedAt + 1000, size: 1_000_000 + i };
    }),
    asOf: now,
    inDateOrder: true,
    isSettled: true,
  }));
  return { sources, protect: compileProtect(['latest']), maxDeletions: 0, now, unread: [], doubts: [], asOf: now };
}

/** Opens a panel of these repositories. `useVscodeDouble` has to have been called. @param lent what of the port is not to fail */
export async function openPanel(
  repositories: readonly RepositoryName[],
  lent: Partial<PlanPort> = {},
): Promise<PanelStage> {
  const { PlanPanel } = await import('../../../../src/editor/planPanel/planPanel.ts');
  const messages: HostMessage[] = [];
  const waiting = new Set<(message: HostMessage) => void>();
  let receive: (value: unknown) => void = () => undefined;
  const event = () => ({ dispose: () => undefined });
  let [changeViewState, dispose]: [() => void, () => void] = [() => undefined, () => undefined];
  const webview = {
    onDidReceiveMessage: (listener: typeof receive) => {
      receive = listener;
      return event();
    },
    postMessage: (message: HostMessage) => {
      messages.push(message);
      for (const look of waiting) look(message);
    },
  };
  const host = {
    webview,
    visible: true,
    onDidChangeViewState: (listener: () => void) => {
      changeViewState = listener;
      return event();
    },
    onDidDispose: (listener: () => void) => {
      dispose = listener;
      return event();
    },
  };
  const never = () => Promise.reject(new Error('not asked for'));
  const origins = {
    api: 'https://hub.docker.com',
    registry: 'https://registry-1.docker.io',
    token: 'https://auth.docker.io',
  };
  const port: PlanPort = {
    account: { name: 'acme', kind: 'user', origins },
    read: never,
    delete: never,
    export: never,
    save: never,
    fail: assert.fail,
    onDidChangeTags: event,
    ...lent,
  };
  const panel = new PlanPanel(host as never, port, { title: 'Prune Plan', repositories, policy: firstPolicy });
  const next = <T extends HostMessage['type']>(type: T): Promise<Extract<HostMessage, { readonly type: T }>> =>
    new Promise((resolve) => {
      const look = (message: HostMessage): void => {
        if (message.type !== type) return;
        waiting.delete(look);
        resolve(message as Extract<HostMessage, { readonly type: T }>);
      };
      waiting.add(look);
    });
  const greeted = next('keep');
  receive({ type: 'ready' });
  await greeted;
  return {
    messages,
    next,
    async say(message, answer) {
      const answered = next(answer);
      receive(message);
      return answered;
    },
    show: (lists) => panel.show(lists),
    async reopen() {
      host.visible = false;
      changeViewState();
      host.visible = true;
      const started = next('start');
      receive({ type: 'ready' });
      await started;
    },
    async [Symbol.asyncDispose]() {
      await turn();
      dispose();
    },
  };
}
