import * as vscode from 'vscode';
import { accountId, type Account } from '../../hub/wire/account.ts';
import type { Clock } from '../../async/clock.ts';
import { Claims, type Held } from '../../runs/journal/claims.ts';
import type { JournalFile } from '../../runs/journal/journalFiles.ts';
import { JournalFolder } from '../../runs/journal/journalFolder.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { numberText } from '../../text/countText.ts';
import { journalsPath } from './journalsPath.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { RunEntry } from '../../prune/runEntry.ts';
import { StorageError } from '../../runs/storageError.ts';
import { summaryPlaceText } from '../../text/summaryPlaceText.ts';

/** Repositories that a message names. */
const mostNamed = 10;

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
  readonly #claims: Claims;
  readonly #active = new Map<string, ActiveRun>();
  readonly #changed = new vscode.EventEmitter<void>();

  /** @param folder the extension's global storage, which stays on the user's machine and outlasts updates */
  constructor(folder: vscode.Uri, clock: Clock) {
    this.journals = new JournalFolder(journalsPath(folder));
    this.#claims = new Claims(vscode.Uri.joinPath(folder, 'claims').fsPath, clock);
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
    return Promise.all(open.map(async ({ id }) => ({ id, running: await this.#claims.isHeld(runThing(id)) })));
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
      const running = open && (await this.#claims.isHeld(runThing(id)));
      const summary = await this.journals.summary(id);
      return { id, state: running ? 'running' : summary.state === 'open' ? 'interrupted' : summary.state, summary };
    } catch (error) {
      return { id, state: 'unreadable', error };
    }
  }

  /**
   * Does work on repositories and, where given, on a run, which no other prune or deletion of any window touches meanwhile.
   * @param work given a signal that is aborted should another process take them away
   * @throws Error when one of them is taken; StorageError when that cannot be told
   */
  async withRepositories<T>(
    account: Account,
    repositories: readonly RepositoryName[],
    work: (lost: AbortSignal) => Promise<T>,
    run?: string,
  ): Promise<T> {
    const things = new Map<string, string | undefined>(
      repositories.map((repository) => [repositoryThing(account, repository), repositoryText(repository)]),
    );
    if (run !== undefined) things.set(runThing(run), undefined);
    return this.#holding(things, work);
  }

  /**
   * Those of these repositories in which a run of this or another window seems to be at work. Does not wait; `withRepositories` alone is sure.
   * @throws Error when the folder cannot be read
   */
  async busy(account: Account, repositories: readonly RepositoryName[]): Promise<RepositoryName[]> {
    const held = new Set(
      await this.#claims.held(repositories.map((repository) => repositoryThing(account, repository))),
    );
    return repositories.filter((repository) => held.has(repositoryThing(account, repository)));
  }

  /** Does work on a run's journal, which no window goes on with meanwhile. @throws Error when one does; StorageError when that cannot be told */
  withRun<T>(run: string, work: () => Promise<T>): Promise<T> {
    return this.#holding(new Map([[runThing(run), undefined]]), work);
  }

  /** @param things with the names of repositories, for people */
  async #holding<T>(
    things: ReadonlyMap<string, string | undefined>,
    work: (lost: AbortSignal) => Promise<T>,
  ): Promise<T> {
    let held: Held | readonly string[];
    try {
      held = await this.#claims.take([...things.keys()]);
    } catch (error) {
      throw new StorageError(error);
    }
    if (!('release' in held)) throw new Error(takenText(held.flatMap((thing) => things.get(thing) ?? [])));
    try {
      return await work(held.lost);
    } finally {
      // What the work came to matters more than a file that cannot be removed, which is dead from now on.
      await held.release().catch(() => undefined);
      // Only now does nobody work on it any more.
      this.changed();
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

/** What to say where these repositories, or without any the run itself, are taken. */
function takenText(repositories: readonly string[]): string {
  if (repositories.length === 0) {
    return vscode.l10n.t(
      'This run is at work at the moment, maybe in another window. Wait for it to end, then try again.',
    );
  }
  const places =
    repositories.length > mostNamed
      ? vscode.l10n.t(
          '{0} and {1} more',
          repositories.slice(0, mostNamed).join(', '),
          numberText(repositories.length - mostNamed),
        )
      : repositories.join(', ');
  return vscode.l10n.t(
    'Something else is being deleted or restored in {0} at the moment. Wait for it to end, then try again.',
    places,
  );
}

function repositoryThing({ origins }: Account, { namespace, name }: RepositoryName): string {
  return `repository ${origins.api}/${namespace}/${name}`;
}

function runThing(id: string): string {
  return `run ${id}`;
}
