import * as vscode from 'vscode';
import { accountId, type Account } from '../../hub/wire/account.ts';
import type { Clock } from '../../async/clock.ts';
import type { JournalFile } from '../../runs/journal/journalFiles.ts';
import { JournalFolder } from '../../runs/journal/journalFolder.ts';
import { journalsPath } from './journalsPath.ts';
import { RunClaims } from '../../prune/runClaims.ts';
import type { RunEntry } from '../../prune/runEntry.ts';
import { summaryPlaceText } from '../../text/summaryPlaceText.ts';

/** Work that is under way in this window and can be told to stop. */
export interface ActiveRun {
  readonly id: string;
  readonly account: Account;
  /** "acme/web": what it is about. */
  readonly place: string;
  cancel(): void;
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
}

/** The journals of this machine's runs, who works on what, and the runs of this window. */
export class RunStore implements vscode.Disposable {
  readonly journals: JournalFolder;
  readonly claims: RunClaims;
  readonly #active = new Map<string, ActiveRun>();
  readonly #changed = new vscode.EventEmitter<void>();

  /** @param folder the extension's global storage, which stays on the user's machine and outlasts updates */
  constructor(folder: vscode.Uri, clock: Clock) {
    this.journals = new JournalFolder(journalsPath(folder));
    this.claims = new RunClaims(vscode.Uri.joinPath(folder, 'claims').fsPath, clock, () => this.changed());
  }

  /** Fires when a run of this window began, went on, ended or was changed, and once nobody of this window works on it any more. */
  readonly onDidChange: vscode.Event<void> = (listener, ...rest) => this.#changed.event(listener, ...rest);

  /** Says that a run was changed. */
  changed(): void {
    this.#changed.fire();
  }

  /** The runs of this window that are under way. */
  get active(): readonly ActiveRun[] {
    return [...this.#active.values()];
  }

  /** The runs that came to no end, and whether any window seems to be at work with them. @throws Error when the folder cannot be read */
  async unended(): Promise<{ readonly id: string; readonly running: boolean }[]> {
    const open = (await this.journals.list()).filter((file) => file.open);
    return Promise.all(open.map(async ({ id }) => ({ id, running: await this.claims.isRunning(id) })));
  }

  /** All runs, newest first, of this window and others. @throws Error when the folder cannot be read */
  async entries(): Promise<RunEntry[]> {
    return Promise.all((await this.journals.list()).map((file) => this.#entry(file)));
  }

  /** The run that a command argument names by its `id`; nothing else of the argument is believed (invariant 1). */
  async find(argument: unknown): Promise<RunEntry | undefined> {
    if (typeof argument !== 'object' || argument === null || !('id' in argument)) return undefined;
    const file = (await this.journals.list()).find(({ id }) => id === argument.id);
    return file && this.#entry(file);
  }

  async #entry({ id, open }: JournalFile): Promise<RunEntry> {
    try {
      const running = open && (await this.claims.isRunning(id));
      const summary = await this.journals.summary(id);
      if (running) return { id, state: 'running', summary };
      return { id, state: summary.state === 'open' ? 'interrupted' : summary.state, summary };
    } catch (error) {
      return { id, state: 'unreadable', error };
    }
  }

  /** Keeps a run among the active ones while `work` goes on; the signal is aborted when it is told to stop. */
  async track<T>(
    run: Pick<ActiveRun, 'id' | 'account' | 'place'>,
    work: (signal: AbortSignal) => PromiseLike<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#active.set(run.id, {
      ...run,
      cancel: () => controller.abort(new DOMException('Cancelled', 'AbortError')),
      ended,
    });
    this.#changed.fire();
    try {
      return await work(controller.signal);
    } finally {
      this.#active.delete(run.id);
      resolve();
      this.#changed.fire();
    }
  }

  /** The runs of this window that an account is at work with. */
  activeOf(account: Account): ActiveRun[] {
    return this.active.filter((run) => accountId(run.account) === accountId(account));
  }

  /** The runs of other windows that an account is at work with. @throws Error when the folder cannot be read */
  async activeElsewhere(account: Account): Promise<Pick<ActiveRun, 'id' | 'place'>[]> {
    return (await this.entries()).flatMap(({ id, state, summary }) =>
      state === 'running' && summary && !this.#active.has(id) && accountId(summary.account) === accountId(account)
        ? [{ id, place: summaryPlaceText(summary) }]
        : [],
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
