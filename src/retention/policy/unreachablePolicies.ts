import { globCovers, mayShareName, type CoverBudget } from '../globs/globCover.ts';

/** A policy of a list that matches no repository, whatever there is: those before it take all that it matches, or it matches none by itself. */
export interface UnreachablePolicy {
  /** Its place in the list, from 0. */
  readonly index: number;
  /** The places of those that take its repositories; none where it matches none by itself. */
  readonly takenBy: readonly number[];
}

/** Comparisons for one list, some 30 ms; beyond, nothing more is said. A hundred policies of people take a tenth. */
const maxWork = 150_000;

/**
 * The policies of one source that can never apply, where the first that matches wins. It tells only what is certain: one that it does not name may
 * be unreachable all the same.
 * @param policies their globs, checked
 */
export function unreachablePolicies(
  policies: readonly { readonly repositories: readonly string[] }[],
): readonly UnreachablePolicy[] {
  const budget = { left: maxWork };
  const lists = policies.map(({ repositories }) => splitList(repositories));
  const found: UnreachablePolicy[] = [];
  for (const [index, list] of lists.entries()) {
    const takenBy = takersOf(list, lists.slice(0, index), budget);
    // What was not compared to its end says nothing, and nothing more can be compared.
    if (budget.left < 0) break;
    if (takenBy) found.push({ index, takenBy });
  }
  return found;
}

/** The places of those earlier lists that take all that a list matches; `undefined` where something is left to it. */
function takersOf(
  list: RepositoryList,
  earlier: readonly RepositoryList[],
  budget: CoverBudget,
): readonly number[] | undefined {
  const takers = new Set<number>();
  for (const pattern of list.included) {
    if (isExcluded(pattern, list, budget)) continue;
    const taker = earlier.findIndex((other) => takes(other, pattern, list, budget));
    if (taker < 0) return undefined;
    takers.add(taker);
  }
  return [...takers].sort((a, b) => a - b);
}

interface RepositoryList {
  /** In their order, each once. */
  readonly included: ReadonlySet<string>;
  readonly excluded: readonly string[];
}

function splitList(repositories: readonly string[]): RepositoryList {
  return {
    included: new Set(repositories.filter((pattern) => !pattern.startsWith('!'))),
    excluded: repositories.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)),
  };
}

/** Whether a pattern of a list matches nothing that the list does not exclude. The whole name of a repository holds a `/`, which only a written one matches. */
function isExcluded(pattern: string, { excluded }: RepositoryList, budget: CoverBudget): boolean {
  return !pattern.includes('/') || some(excluded, (other) => globCovers(other, pattern, budget), budget);
}

/** Whether an earlier list matches all that a pattern of a later one matches there. */
function takes(earlier: RepositoryList, pattern: string, later: RepositoryList, budget: CoverBudget): boolean {
  if (--budget.left < 0) return false;
  return (
    (earlier.included.has(pattern) || some(earlier.included, (other) => globCovers(other, pattern, budget), budget)) &&
    // What it excludes is none of what it would have to take: another name, or excluded later as well.
    !some(
      earlier.excluded,
      (other) =>
        mayShareName(other, pattern, budget) && !some(later.excluded, (own) => globCovers(own, other, budget), budget),
      budget,
    )
  );
}

/** As `Array.some`, within a budget: each look costs something, whatever it comes to. */
function some(patterns: Iterable<string>, isWanted: (pattern: string) => boolean, budget: CoverBudget): boolean {
  for (const pattern of patterns) {
    if (--budget.left < 0) return false;
    if (isWanted(pattern)) return true;
  }
  return false;
}
