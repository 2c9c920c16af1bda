import { plainText } from '../hub/wire/serverWords.ts';
import type { LocatedPolicy, PolicySourceProblem, PolicySources } from '../policies/policySources.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { JournalRecord, RecordedPlan } from '../runs/journal/journalRecord.ts';

/** What policies say now about the repositories of a run. */
export interface PoliciesOfRun {
  /** What applies now to each plan of the run; none where nothing can be found out, or nothing is said any more. */
  readonly policiesOf: (plan: RecordedPlan) => readonly LocatedPolicy[];
  /** What can't be found out, or isn't said any more. */
  readonly doubts: readonly PolicyDoubt[];
}

/** Why only the rules of the run itself apply to repositories. */
export type PolicyDoubt =
  /** A source has an error; what can be read counts all the same. */
  | { readonly kind: 'broken'; readonly problem: PolicySourceProblem }
  /** The source isn't there any more; its workspace isn't trusted; it says nothing about the repositories. */
  | {
      readonly kind: 'gone' | 'untrusted' | 'silent';
      /** The source, as plain text; missing where the journal names none. */
      readonly source: string | undefined;
      /** At least one. */
      readonly repositories: readonly RepositoryName[];
    };

/**
 * Finds what the sources of a run's policies say now about its repositories. A plan whose journal names its source is judged by that source alone;
 * any other by every source that says something about its repository. What can be read counts although another source has an error: it can only keep
 * more.
 */
export function policiesOfRun(
  { policy, plans }: Pick<JournalRecord, 'policy' | 'plans'>,
  { sources, untrusted, errors }: PolicySources,
): PoliciesOfRun {
  if (policy.kind !== 'policies') return { policiesOf: () => [], doubts: [] };
  const found = new Map<RecordedPlan, readonly LocatedPolicy[]>();
  const missing: (Pick<Exclude<PolicyDoubt, { kind: 'broken' }>, 'kind' | 'source'> & {
    readonly repository: RepositoryName;
  })[] = [];
  for (const plan of plans) {
    const { repository, source } = plan;
    const asked = source ? sources.filter(({ key }) => key === source.key) : sources;
    const policies = asked.flatMap((each) => each.policyOf(repository) ?? []);
    found.set(plan, policies);
    // Errors are reported below.
    const isBroken = asked.some(({ problems }) => problems.some(({ severity }) => severity === 'error'));
    if (policies.length > 0 || isBroken) continue;
    missing.push({ kind: kindOf(plan), source: source && plainText(source.label, 100), repository });
  }
  const [error] = errors;
  const groups = Map.groupBy(missing, ({ kind, source }) => JSON.stringify([kind, source]));
  const doubts = [...groups.values()].flatMap((alike): PolicyDoubt[] => {
    const [first] = alike;
    if (!first) return [];
    return [{ kind: first.kind, source: first.source, repositories: alike.map(({ repository }) => repository) }];
  });
  return {
    policiesOf: (plan) => found.get(plan) ?? [],
    doubts: [...(error ? [{ kind: 'broken', problem: error } as const] : []), ...doubts],
  };

  function kindOf({ source }: RecordedPlan): 'gone' | 'untrusted' | 'silent' {
    if (!source || sources.some(({ key }) => key === source.key)) return 'silent';
    return untrusted.some(({ key }) => key === source.key) ? 'untrusted' : 'gone';
  }
}
