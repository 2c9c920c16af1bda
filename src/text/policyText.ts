import * as l10n from '@vscode/l10n';
import { displayLanguage } from './displayLanguage.ts';
import { plainText } from '../hub/wire/serverWords.ts';
import { formatAge } from '../retention/tags/age.ts';
import type { KeepVersions, Policy } from '../retention/policy/policy.ts';
import { numberText, tagsText } from './countText.ts';

/** Longer lists of patterns are cut, in characters. */
const longestList = 60;

/** What a policy says, in one line such as "build-*, older than 30 days, keeps the newest 10"; the repositories are not part of it. */
export function policyText(policy: Policy): string {
  const { tags, protect, keepNewest, keepVersions, maxDeletions, maxShare } = policy;
  const parts = [
    tags.length === 1 && tags[0] === '*' ? '' : plainText(tags.join(' '), longestList),
    ageRuleText(policy),
    keepNewest > 0 ? l10n.t('keeps the newest {0}', numberText(keepNewest)) : '',
    keepVersions ? keepVersionsText(keepVersions) : '',
    policy.keepAliases ? '' : l10n.t('deletes aliases of kept tags'),
    policy.keepReferenced ? '' : l10n.t('deletes tags in use'),
    policy.orphanedAttachments ? l10n.t('deletes attachments of untagged images') : '',
    protect.length > 0 ? l10n.t('protects {0}', plainText(protect.join(' '), longestList)) : '',
    maxDeletions > 0 ? l10n.t('at most {0} at once', tagsText(maxDeletions)) : '',
    maxShare < 1
      ? l10n.t(
          'at most {0} of a repository',
          new Intl.NumberFormat(displayLanguage(), { style: 'percent', maximumFractionDigits: 1 }).format(maxShare),
        )
      : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function ageRuleText({ olderThan, agedBy }: Policy): string {
  if (!olderThan) return '';
  const age = formatAge(olderThan);
  if (olderThan.kind === 'date') {
    return agedBy === 'used' ? l10n.t('not pushed or pulled since {0}', age) : l10n.t('last pushed before {0}', age);
  }
  return agedBy === 'used' ? l10n.t('not pushed or pulled for {0}', age) : l10n.t('older than {0}', age);
}

/** "keeps the last patch of the last 3 minors of the last 2 majors". */
function keepVersionsText({ majors, minors, patches, prereleases }: KeepVersions): string {
  const levels = [patchesText(patches)];
  if (minors !== undefined) {
    levels.push(minors === 1 ? l10n.t('the last minor') : l10n.t('the last {0} minors', numberText(minors)));
  } else if (patches !== undefined) {
    levels.push(l10n.t('every minor'));
  }
  if (majors !== undefined) {
    levels.push(majors === 1 ? l10n.t('the last major') : l10n.t('the last {0} majors', numberText(majors)));
  }
  const kept = l10n.t(
    'keeps {0}',
    levels.reduce((inner, outer) => l10n.t('{0} of {1}', inner, outer)),
  );
  return prereleases === undefined ? kept : `${kept}, ${prereleasesText(prereleases)}`;
}

function patchesText(patches: number | undefined): string {
  if (patches === undefined) return l10n.t('all versions');
  return patches === 1 ? l10n.t('the last patch') : l10n.t('the last {0} patches', numberText(patches));
}

function prereleasesText(prereleases: number): string {
  if (prereleases === 0) return l10n.t('no prerelease');
  return prereleases === 1
    ? l10n.t('the last prerelease of each line')
    : l10n.t('the last {0} prereleases of each line', numberText(prereleases));
}
