import * as l10n from '@vscode/l10n';
import type { HubClient } from '../hub/client.ts';
import type { PlannedPrune } from '../prune/planPrune.ts';
import { asOfFacts, skewFacts } from './clockFacts.ts';
import { numberText, repositoriesText } from './countText.ts';
import { planWarningText } from './planWarningText.ts';
import { referenceFacts } from './referenceFacts.ts';
import { rulesText } from './rulesText.ts';

/** What a plan is judged by and how old its lists are, a sentence each. */
export function planHeadlines(
  { policies, now, asOf }: Pick<PlannedPrune, 'policies' | 'now' | 'asOf'>,
  client: Pick<HubClient, 'clockSkew' | 'now'>,
  isByAge: boolean,
): string[] {
  return [rulesText(policies, now, isByAge), ...asOfFacts(client, asOf)];
}

/** What a prune leaves out beside the repositories that its plan names. */
export interface LeftOut {
  /** Repositories that no policy covers. */
  readonly withoutPolicy: number;
  /** Whether something of other accounts was selected. */
  readonly otherAccounts: boolean;
}

/** What a person has to know before a prune is confirmed, a line each, its headlines excepted. @param unsure see `referenceFacts` */
export function pruneFacts(
  { limits: { maxDeletions }, unread, refused, warnings }: PlannedPrune,
  { withoutPolicy, otherAccounts }: LeftOut,
  unsure: Parameters<typeof referenceFacts>[0],
  client: Pick<HubClient, 'clockSkew'>,
): string[] {
  const facts: string[] = [];
  if (maxDeletions > 0) facts.push(l10n.t('At most {0}, the oldest first (maxDeletions).', numberText(maxDeletions)));
  if (withoutPolicy > 0) facts.push(l10n.t('Skipped, without a policy: {0}.', repositoriesText(withoutPolicy)));
  if (unread.length > 0) {
    facts.push(l10n.t("Skipped, because they can't be read: {0}.", repositoriesText(unread.length)));
  }
  if (refused.length > 0) {
    facts.push(l10n.t('Skipped, because too large a share would be deleted: {0}.', repositoriesText(refused.length)));
  }
  if (otherAccounts) facts.push(l10n.t('Skipped: selected items of other accounts.'));
  return [...facts, ...warnings.map(planWarningText), ...referenceFacts(unsure), ...skewFacts(client)];
}
