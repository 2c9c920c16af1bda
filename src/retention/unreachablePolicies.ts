import { globCovers, mayShareName, type CoverBudget } from './globCover.ts';

/** A policy of a list that matches no repository, whatever there is: those before it take all that it matches, or it matches none by itself. */
export interface UnreachablePolicy {
  /** Its place in the list, from 0. */
  readonly index: number;
  /** The places of those that take its repositories; none where it matches none by itself. */
  readonly takenBy: readonly number[];
}

/** Comparisons for one list, some 30 ms; beyond, nothing more is said. A hundred policies of people take a tenth. */
const mostWork = 150_000;

/**
 * The policies of one source that can never apply, where the first that matches wins. It tells only what is certain: one that it does not name may
 * be unreachable all the same.
 * @param policies their globs, checked
 */
export function unreachablePolicies(policies: readonly { readonly repositories: readonly string[] }[]): readonly UnreachablePolicy[] {
  const budget = { left: mostWork };
  const lists = policies.map(({ repositories }) => splitList(repositories));
  return lists.flatMap((list, index) => {
    const takers = new Set<number>();
    for (const pattern of list.included) {
      if (isExcluded(pattern, list, budget)) continue;
      const taker = lists.findIndex((earlier, at) => at < index && takes(earlier, pattern, list, budget));
      if (taker < 0) return [];
      takers.add(taker);
    }
    return [{ index, takenBy: [...takers].sort((a, b) => a - b) }];
  });
}

interface RepositoryList {
  readonly included: readonly string[];
  readonly excluded: readonly string[];
}

function splitList(repositories: readonly string[]): RepositoryList {
  return {
    included: repositories.filter((pattern) => !pattern.startsWith('!')),
    excluded: repositories.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)),
  };
}

/** Whether a pattern of a list matches nothing that the list does not exclude. The whole name of a repository holds a `/`, which only a written one matches. */
function isExcluded(pattern: string, { excluded }: RepositoryList, budget: CoverBudget): boolean {
  return !pattern.includes('/') || excluded.some((other) => globCovers(other, pattern, budget));
}

/** Whether an earlier list matches all that a pattern of a later one matches there. */
function takes(earlier: RepositoryList, pattern: string, later: RepositoryList, budget: CoverBudget): boolean {
  return (
    earlier.included.some((other) => globCovers(other, pattern, budget)) &&
    // What it excludes is none of what it would have to take: another name, or excluded later as well.
    earlier.excluded.every((other) => !mayShareName(other, pattern) || later.excluded.some((own) => globCovers(own, other, budget)))
  );
}
