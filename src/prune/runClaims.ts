import type { Clock } from '../async/clock.ts';
import type { Account } from '../hub/wire/account.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { Claims, type Held } from '../runs/journal/claims.ts';
import { StorageError } from '../runs/storageError.ts';
import { TakenError } from './takenError.ts';

/** Who works on which repositories and runs, over all processes that share a folder. */
export class RunClaims {
  readonly #claims: Claims;
  readonly #onRelease: () => void;

  /**
   * @param path folder of the claims; made when the first one is taken
   * @param onRelease called whenever something is free again
   */
  constructor(path: string, clock: Clock, onRelease: () => void = () => undefined) {
    this.#claims = new Claims(path, clock);
    this.#onRelease = onRelease;
  }

  /**
   * Works on repositories and, where given, on a run that no other prune or deletion of any process touches meanwhile.
   * @param work given a signal that is aborted should another process take them away
   * @throws TakenError when one of them is taken; StorageError when that can't be known
   */
  async withRepositories<T>(
    account: Account,
    repositories: readonly RepositoryName[],
    work: (lost: AbortSignal) => Promise<T>,
    run?: string,
  ): Promise<T> {
    const things = new Map<string, RepositoryName | undefined>(
      repositories.map((repository) => [repositoryThing(account, repository), repository]),
    );
    if (run !== undefined) things.set(runThing(run), undefined);
    return this.#hold(things, work);
  }

  /** Works on a run's journal that no other process resumes meanwhile. @throws as `withRepositories` */
  withRun<T>(run: string, work: () => Promise<T>): Promise<T> {
    return this.#hold(new Map([[runThing(run), undefined]]), work);
  }

  /**
   * Those of these repositories in which a run of any process seems to be working. Doesn't wait; `withRepositories` alone is sure.
   * @throws Error when the folder can't be read
   */
  async busy(account: Account, repositories: readonly RepositoryName[]): Promise<RepositoryName[]> {
    const things = repositories.map((repository) => repositoryThing(account, repository));
    const held = new Set(await this.#claims.held(things));
    return repositories.filter((repository) => held.has(repositoryThing(account, repository)));
  }

  /** Whether any process seems to be working on a run. @throws Error when the folder can't be read */
  isRunning(run: string): Promise<boolean> {
    return this.#claims.isHeld(runThing(run));
  }

  async #hold<T>(
    things: ReadonlyMap<string, RepositoryName | undefined>,
    work: (lost: AbortSignal) => Promise<T>,
  ): Promise<T> {
    let held: Held | readonly string[];
    try {
      held = await this.#claims.take([...things.keys()]);
    } catch (error) {
      throw new StorageError(error);
    }
    if (!('release' in held)) throw new TakenError(held.flatMap((thing) => things.get(thing) ?? []));
    try {
      return await work(held.lost);
    } finally {
      // What the work came to matters more than a file that can't be removed, which is dead from now on.
      await held.release().catch(() => undefined);
      this.#onRelease();
    }
  }
}

function repositoryThing({ origins }: Account, { namespace, name }: RepositoryName): string {
  return `repository ${origins.api}/${namespace}/${name}`;
}

function runThing(id: string): string {
  return `run ${id}`;
}
