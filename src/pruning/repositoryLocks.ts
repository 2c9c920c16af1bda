import type { RepositoryName } from '../retention/plan.ts';

/** Keeps two prunes or deletions from working on one repository at a time, within one window. */
export class RepositoryLocks {
  readonly #held = new Set<string>();

  /**
   * Takes all of these repositories, or none.
   * @returns a function that gives them back, or the repositories among them that are taken already
   */
  take(apiOrigin: string, repositories: readonly RepositoryName[]): (() => void) | readonly RepositoryName[] {
    const keyOf = ({ namespace, name }: RepositoryName) => `${apiOrigin}/${namespace}/${name}`;
    const taken = repositories.filter((repository) => this.#held.has(keyOf(repository)));
    if (taken.length > 0) return taken;
    const keys = repositories.map(keyOf);
    for (const key of keys) this.#held.add(key);
    return () => {
      for (const key of keys.splice(0)) this.#held.delete(key);
    };
  }
}
