import type { Protection } from '../retention/policy/protect.ts';
import { noUses, type Uses } from '../retention/plan/uses.ts';
import type { Keeping } from '../retention/recheck/newlyKept.ts';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';

/** Knows what files and clusters use. */
export interface UseSource {
  /** What of a repository is in use, as far as is known now. */
  usesOf(repository: RepositoryName): Uses;
  /**
   * Waits until everything that was changed so far is known.
   * @param namespaces those that are asked about
   * @throws the signal's reason
   */
  ready(signal: AbortSignal | undefined, namespaces: readonly string[]): Promise<unknown>;
}

/** What the settings say at one instant. */
export interface Limits {
  readonly protect: Protection;
  /** The most tags that one batch deletes; 0: no cap. */
  readonly maxDeletions: number;
}

/** What keeps tags of repositories now. @param protect the protection of the settings */
export function currentProtection(
  uses: Pick<UseSource, 'usesOf'>,
  repositories: readonly RepositoryName[],
  protect: Protection,
): Keeping {
  return protectionOf(
    repositories.map((repository) => ({ repository, uses: uses.usesOf(repository) })),
    protect,
  );
}

/** What keeps tags of repositories by these uses. @param protect the protection of the settings */
export function protectionOf(
  uses: readonly { readonly repository: RepositoryName; readonly uses?: Uses }[],
  protect: Protection,
): Keeping {
  const byName = new Map(uses.map(({ repository, uses }) => [fullName(repository), uses]));
  return { protect, usesOf: (repository) => byName.get(fullName(repository)) ?? noUses };
}

/** Waits until the uses of these repositories are known. @throws the signal's reason */
export async function awaitUses(
  uses: Pick<UseSource, 'ready'>,
  repositories: readonly RepositoryName[],
  signal?: AbortSignal,
): Promise<void> {
  await uses.ready(
    signal,
    repositories.map(({ namespace }) => namespace),
  );
}
