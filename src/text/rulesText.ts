import * as l10n from '@vscode/l10n';
import { formatAge } from '../retention/tags/age.ts';
import { formatInstant } from '../retention/tags/instant.ts';
import type { Policy } from '../retention/policy/policy.ts';
import { policyCutoff } from '../retention/plan/policyPlan.ts';
import { policyText } from './policyText.ts';

/** By which age or policies tags go, as a sentence for dialogs. @param now see `policyCutoff` */
export function rulesText(policies: readonly Policy[], now: number, byAgeAlone: boolean): string {
  const [policy] = policies;
  if (policies.length !== 1 || !policy) return l10n.t('Tags that none of the {0} policies keep.', policies.length);
  const before = policyCutoff(policy, now);
  if (byAgeAlone && policy.olderThan && before !== undefined) {
    return l10n.t('Tags last pushed before {0} ({1}).', formatInstant(before), formatAge(policy.olderThan));
  }
  const words = l10n.t('By the policy: {0}.', policyText(policy));
  if (before === undefined) return words;
  return policy.agedBy === 'used'
    ? l10n.t('{0} Last pushed or pulled before {1}.', words, formatInstant(before))
    : l10n.t('{0} Last pushed before {1}.', words, formatInstant(before));
}
