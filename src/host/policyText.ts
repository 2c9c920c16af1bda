import * as vscode from 'vscode';
import { plainText } from '../hub/serverWords.ts';
import { formatAge } from '../retention/age.ts';
import type { KeepVersions, Policy } from '../retention/policy.ts';
import { numberText, tagsText } from './countText.ts';

/** Longer lists of patterns are cut, in characters. */
const longestList = 60;

/** What a policy says, in one line such as "build-*, older than 30 days, keeps the newest 10"; the repositories are not part of it. */
export function policyText(policy: Policy): string {
  const { t } = vscode.l10n;
  const { tags, protect, keepNewest, keepVersions, maxDeletions, maxShare } = policy;
  const parts = [
    tags.length === 1 && tags[0] === '*' ? '' : plainText(tags.join(' '), longestList),
    ageRuleText(policy),
    keepNewest > 0 ? t('keeps the newest {0}', numberText(keepNewest)) : '',
    keepVersions ? keepVersionsText(keepVersions) : '',
    policy.keepAliases ? '' : t('aliases of tags that stay may go'),
    policy.keepReferenced ? '' : t('tags in use may go'),
    policy.orphanedAttachments ? t('deletes attachments whose image has no tag') : '',
    protect.length > 0 ? t('protects {0}', plainText(protect.join(' '), longestList)) : '',
    maxDeletions > 0 ? t('at most {0} at once', tagsText(maxDeletions)) : '',
    maxShare < 1
      ? t(
          'at most {0} of a repository',
          new Intl.NumberFormat(vscode.env.language, { style: 'percent', maximumFractionDigits: 1 }).format(maxShare),
        )
      : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function ageRuleText({ olderThan, agedBy }: Policy): string {
  const { t } = vscode.l10n;
  if (!olderThan) return '';
  const age = formatAge(olderThan);
  if (olderThan.kind === 'date') {
    return agedBy === 'used' ? t('not pushed or pulled since {0}', age) : t('last pushed before {0}', age);
  }
  return agedBy === 'used' ? t('not pushed or pulled for {0}', age) : t('older than {0}', age);
}

/** "keeps the last patch of the last 3 minors of the last 2 majors". */
function keepVersionsText({ majors, minors, patches, prereleases }: KeepVersions): string {
  const { t } = vscode.l10n;
  const levels = [patchesText(patches)];
  if (minors !== undefined) {
    levels.push(minors === 1 ? t('the last minor') : t('the last {0} minors', numberText(minors)));
  } else if (patches !== undefined) {
    levels.push(t('every minor'));
  }
  if (majors !== undefined) {
    levels.push(majors === 1 ? t('the last major') : t('the last {0} majors', numberText(majors)));
  }
  const kept = t(
    'keeps {0}',
    levels.reduce((inner, outer) => t('{0} of {1}', inner, outer)),
  );
  return prereleases === undefined ? kept : `${kept}, ${prereleasesText(prereleases)}`;
}

function patchesText(patches: number | undefined): string {
  const { t } = vscode.l10n;
  if (patches === undefined) return t('all versions');
  return patches === 1 ? t('the last patch') : t('the last {0} patches', numberText(patches));
}

function prereleasesText(prereleases: number): string {
  const { t } = vscode.l10n;
  if (prereleases === 0) return t('no prerelease');
  return prereleases === 1
    ? t('the last prerelease of each line')
    : t('the last {0} prereleases of each line', numberText(prereleases));
}
