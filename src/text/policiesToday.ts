import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import type { JournalRecord, RecordedPlan } from '../runs/journal/journalRecord.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import { repositoriesText } from './countText.ts';
import type { LocatedPolicy, PolicySources } from '../policies/policySources.ts';
import { problemPlaceText } from '../policies/policySourcesError.ts';
import { repositoryText } from './repositoryText.ts';

/** What is said today about the repositories of a run by policies. */
export interface PoliciesToday {
  /** What holds today for each plan of the run; none where nothing can be found out, or nothing is said any more. */
  readonly policiesOf: (plan: RecordedPlan) => readonly LocatedPolicy[];
  /** What cannot be found out, or is not said any more: a sentence each, for the dialog. */
  readonly doubts: readonly string[];
}

/**
 * Finds what the sources of a run's policies say today about its repositories. A plan whose journal names its source is judged by that source alone; any other
 * by every source that says something about its repository. What can be read counts although another source has an error: it can only keep more.
 */
export function policiesToday(
  { policy, plans }: Pick<JournalRecord, 'policy' | 'plans'>,
  { sources, untrusted, errors }: PolicySources,
): PoliciesToday {
  const none: PoliciesToday = { policiesOf: () => [], doubts: [] };
  if (policy.kind !== 'policies') return none;
  const found = new Map<RecordedPlan, readonly LocatedPolicy[]>();
  const silent: Doubt[] = [];
  for (const plan of plans) {
    const { repository, source } = plan;
    const asked = source ? sources.filter(({ key }) => key === source.key) : sources;
    const policies = asked.flatMap((each) => each.policyOf(repository) ?? []);
    found.set(plan, policies);
    // Errors are told below.
    if (policies.length > 0 || asked.some(({ problems }) => problems.some(({ severity }) => severity === 'error'))) {
      continue;
    }
    const kind =
      asked.length > 0 || !source ? 'silent' : untrusted.some(({ key }) => key === source.key) ? 'untrusted' : 'gone';
    silent.push({ kind, label: source && plainText(source.label, 100), repository });
  }
  const [error] = errors;
  const broken = error
    ? [
        l10n.t(
          'The policies of today cannot be relied on: {0} Where they cannot be read, only the rules of the run apply.',
          problemPlaceText(error),
        ),
      ]
    : [];
  const others = [...Map.groupBy(silent, ({ kind, label }) => JSON.stringify([kind, label])).values()].map(doubtText);
  return { policiesOf: (plan) => found.get(plan) ?? [], doubts: [...broken, ...others] };
}

interface Doubt {
  /** The source is not there any more; its workspace is not trusted; it says nothing about the repository. */
  readonly kind: 'gone' | 'untrusted' | 'silent';
  /** The source; missing where the journal names none. */
  readonly label: string | undefined;
  readonly repository: RepositoryName;
}

/** @param alike at least one; all of one kind and source */
function doubtText(alike: readonly Doubt[]): string {
  const [{ kind, label, repository }] = alike as [Doubt];
  const place = alike.length === 1 ? repositoryText(repository) : repositoriesText(alike.length);
  if (label === undefined) {
    return l10n.t('No policy says anything about {0} today; only the rules of the run apply.', place);
  }
  switch (kind) {
    case 'gone':
      return l10n.t(
        'The policies of {0} can no longer be read in this window; only the rules of the run apply to {1}.',
        label,
        place,
      );
    case 'untrusted':
      return l10n.t(
        'The workspace is not trusted, so the policies of {0} cannot be used; only the rules of the run apply to {1}.',
        label,
        place,
      );
    case 'silent':
      return l10n.t(
        'The policies of {0} no longer say anything about {1}; only the rules of the run apply.',
        label,
        place,
      );
  }
}
