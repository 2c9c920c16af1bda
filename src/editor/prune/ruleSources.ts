import type { RecordedSource } from '../../runs/journal/journalRecord.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Rules } from './askRules.ts';

/** Where the policy of each repository is written, for the journal: what is said there later counts when the run is resumed. An age is written nowhere. */
export function ruleSources(rules: Rules): ((repository: RepositoryName) => RecordedSource | undefined) | undefined {
  if (rules.kind === 'age') return undefined;
  const sources = new Map(
    [...rules.policyOf].map(([repository, { sourceKey, source }]) => [
      fullName(repository),
      { key: sourceKey, label: source },
    ]),
  );
  return (repository) => sources.get(fullName(repository));
}
