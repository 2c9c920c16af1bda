import * as vscode from 'vscode';
import { numberText, tagsText } from '../../text/countText.ts';
import { errorText } from '../../text/errorText.ts';
import { usableSources } from '../../policies/policySourcesError.ts';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { readProtection } from '../settings/settings.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { inSlices } from '../../async/inSlices.ts';
import { guardedTags, type GuardedTags } from '../../retention/plan/guardedTags.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { compileProtect, type Protection } from '../../retention/policy/protect.ts';
import type { ListedRepository } from '../../prune/listRepositoryTags.ts';
import type { TreeServices } from '../tree/treeServices.ts';

/** Tags that a line names. */
const maxNamed = 5;

/** What speaks against deleting a whole repository at one instant. */
export interface RepositoryGuards extends GuardedTags {
  /** What is not known of uses and of protections, a sentence each. */
  readonly doubts: readonly string[];
  /** How old what is known of clusters is, a sentence each; changes with the time that passes. */
  readonly ages: readonly string[];
}

/** Finds what keeps tags of a repository now: uses, the settings, and the policy that holds for it in each source. @throws SettingError */
export async function guardsNow(
  services: Pick<TreeServices, 'references' | 'policies'>,
  { repository, listing, isImmutable }: Pick<ListedRepository, 'repository' | 'listing' | 'isImmutable'>,
): Promise<RepositoryGuards> {
  const { references } = services;
  const protections = [readProtection()];
  const doubts: string[] = [];
  try {
    protections.push(...(await policyProtections(services, repository)));
  } catch (error) {
    doubts.push(vscode.l10n.t("What policies protect isn't known. {0}", errorText(error).message));
  }
  const guarded = await inSlices(
    guardedTags(listing.tags, { protections, uses: references.usesOf(repository), isImmutable }),
  );
  const unsure = await references.unsure([repository]);
  return {
    ...guarded,
    doubts: [...doubts, ...referenceFacts(unsure.filter(({ kind }) => kind !== 'cluster'))],
    ages: referenceFacts(unsure.filter(({ kind }) => kind === 'cluster')),
  };
}

/** @throws PolicySourcesError while any source has an error */
async function policyProtections(
  { policies }: Pick<TreeServices, 'policies'>,
  repository: RepositoryName,
): Promise<Protection[]> {
  return usableSources(await policies.current()).flatMap((source) => {
    const found = source.policyOf(repository);
    return found && found.policy.protect.length > 0 ? [compileProtect(found.policy.protect)] : [];
  });
}

/** What a person should know before a whole repository is deleted, a line each. */
export function repositoryFacts({ used, guarded, immutable, withoutDigest, doubts, ages }: RepositoryGuards): string[] {
  return [
    ...(used.size > 0 ? [vscode.l10n.t('In use: {0}: {1}.', tagsText(used.size), firstOf(used))] : []),
    ...(guarded.size > 0
      ? [vscode.l10n.t('Protected by the settings or by a policy: {0}: {1}.', tagsText(guarded.size), firstOf(guarded))]
      : []),
    ...(immutable > 0
      ? [
          vscode.l10n.t(
            'Immutable: {0}. Docker Hub deletes immutable tags along with their repository.',
            tagsText(immutable),
          ),
        ]
      : []),
    ...doubts,
    ...ages,
    vscode.l10n.t(
      'Docker Hub itself can\'t restore a deleted repository. "Restore Deleted Tags…" can put its tags into a new one of the same name while Docker Hub still stores their images. Docker Hub doesn\'t guarantee that.',
    ),
    ...(withoutDigest > 0
      ? [vscode.l10n.t("Can't be restored, because Docker Hub reports no digest: {0}.", tagsText(withoutDigest))]
      : []),
  ];
}

/** "v1 (deploy/web.yaml:3), v2 (latest) and 3 more". */
function firstOf(tags: ReadonlyMap<string, string>): string {
  const names = [...tags].slice(0, maxNamed).map(([name, why]) => `${plainText(name, 80)} (${plainText(why, 200)})`);
  return tags.size > maxNamed
    ? vscode.l10n.t('{0} and {1} more', names.join(', '), numberText(tags.size - maxNamed))
    : names.join(', ');
}
