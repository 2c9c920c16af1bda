import { checkPolicy, PolicyError, type PolicyProblem } from '../retention/policy/checkPolicy.ts';
import type { Policy } from '../retention/policy/policy.ts';

/** More policies than this in one source are an error: each repository is held against all of them. */
export const maxPolicies = 200;
/** Problems that are told of one source; who mends these sees the next. */
export const maxProblems = 100;

/** Why a list of policies cannot be used; `path` leads into the list. */
export type PolicyListProblem =
  /** It is no list, or has more than 200 entries. */
  | { readonly reason: 'notList' | 'tooMany'; readonly path: readonly (string | number)[] }
  /** One policy is wrong; `given` is what stands there. */
  | {
      readonly reason: 'policy';
      readonly path: readonly (string | number)[];
      readonly problem: PolicyProblem;
      readonly given: unknown;
    };

/** What a list of policies holds: all of them, or, where anything is wrong, none and what that is. */
export interface CheckedPolicies {
  readonly policies: readonly Policy[];
  readonly problems: readonly PolicyListProblem[];
}

/**
 * Checks the list of a setting or of a file. A broken policy never lets a broader one through, so one problem leaves no policy at all.
 * @param now instant (ms) that dates are checked against
 */
export function checkPolicies(value: unknown, now: number): CheckedPolicies {
  if (!Array.isArray(value)) return { policies: [], problems: [{ reason: 'notList', path: [] }] };
  if (value.length > maxPolicies) return { policies: [], problems: [{ reason: 'tooMany', path: [maxPolicies] }] };
  const policies: Policy[] = [];
  const problems: PolicyListProblem[] = [];
  for (const [index, item] of value.entries()) {
    try {
      policies.push(checkPolicy(item, now));
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      for (const problem of error.problems) {
        problems.push({
          reason: 'policy',
          path: [index, ...problem.path],
          problem,
          given: valueAt(item, problem.path),
        });
      }
    }
  }
  return problems.length > 0 ? { policies: [], problems: problems.slice(0, maxProblems) } : { policies, problems };
}

/** What stands at a place of a value; `undefined` where nothing does. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, step) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? (found as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}
