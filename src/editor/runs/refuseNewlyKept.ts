import { changeText } from '../../text/changeText.ts';
import { readMaxDeletions, readProtection } from '../settings/settings.ts';
import { inSlices } from '../../async/inSlices.ts';
import type { Batch } from '../../retention/plan/batch.ts';
import { newlyKept, type Keeping } from '../../retention/recheck/newlyKept.ts';
import { fullName, type RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Protection } from '../../retention/policy/protect.ts';
import { noUses, type Uses } from '../../retention/plan/uses.ts';
import type { RunServices } from './runServices.ts';

/** What keeps tags of repositories at this instant. @param protect the protection of the settings */
export function keepingNow(
  { references }: Pick<RunServices, 'references'>,
  repositories: readonly RepositoryName[],
  protect: Protection,
): Keeping {
  return keepingOf(
    repositories.map((repository) => ({ repository, uses: references.usesOf(repository) })),
    protect,
  );
}

/** What keeps tags of repositories by these uses. */
export function keepingOf(
  uses: readonly { readonly repository: RepositoryName; readonly uses?: Uses }[],
  protect: Protection,
): Keeping {
  const byName = new Map(uses.map(({ repository, uses }) => [fullName(repository), uses]));
  return { protect, usesOf: (repository) => byName.get(fullName(repository)) ?? noUses };
}

/**
 * Makes sure that nothing of a batch has come to be protected or in use since its plans were made, and that the settings allow as many: dialogs
 * and panels stand open as long as people like.
 * @param then what the plans were made with
 * @throws Error that says what is to stay; SettingError
 */
export async function refuseNewlyKept(
  services: Pick<RunServices, 'references'>,
  batch: Batch,
  then: Keeping,
): Promise<void> {
  // A file that was saved a moment ago is looked into first, and is no doubt then.
  const repositories = batch.plans.map(({ repository }) => repository);
  await services.references.ready(
    undefined,
    repositories.map(({ namespace }) => namespace),
  );
  const maxDeletions = readMaxDeletions();
  if (maxDeletions > 0 && batch.total > maxDeletions) throw new Error(changeText({ kind: 'cap', maxDeletions }));
  const kept = await inSlices(newlyKept(batch, then, keepingNow(services, repositories, readProtection())));
  if (kept) throw new Error(changeText({ kind: 'kept', ...kept }));
}
