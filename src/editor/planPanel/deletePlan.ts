import * as vscode from 'vscode';
import { numberText, repositoriesText, tagsText } from '../../text/countText.ts';
import { keepReasonsText } from '../../text/reasonText.ts';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { rulesText } from '../../text/rulesText.ts';
import type { Account } from '../../hub/wire/account.ts';
import { inSlices } from '../../async/inSlices.ts';
import { makeBatchSliced } from '../../retention/plan/batch.ts';
import type { SettledDraft } from '../../retention/draft/settledDraft.ts';
import type { ShownPlan } from './planPort.ts';
import { askEmptying } from '../dialogs/askEmptying.ts';
import { executeBatch } from '../runs/executeBatch.ts';
import { asOfFacts, skewFacts } from '../../text/clockFacts.ts';
import { confirmBatch } from '../dialogs/confirmBatch.ts';
import { checkBatch } from '../../prune/checkBatch.ts';
import { protectionOf } from '../../prune/protection.ts';
import { readLimits } from '../settings/settings.ts';
import type { PanelServices } from './panelServices.ts';

/**
 * Deletes what a plan on the screen says, after the same questions as everywhere. The batch is the one that the screen shows, or less of it where
 * a repository keeps its last tag; when the screen shows another plan by the time of the answer, nothing is deleted (invariant 1). Nor is it
 * when something of it has come to be protected or in use since the lists were read, or `checkConfirmed` finds another change.
 */
export async function deletePlan(services: PanelServices, account: Account, plan: ShownPlan): Promise<void> {
  const { settled, lists } = plan;
  const { batch: shown } = settled;
  const keeping = protectionOf(lists.sources, settled.protect);
  // A panel stays open for days.
  await checkBatch(shown, keeping, { uses: services.references, readLimits });
  const plans = await askEmptying(shown.plans);
  if (!plans) return;
  const batch = plans.every((plan, index) => plan === shown.plans[index])
    ? shown
    : await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));
  const client = services.connections.client(account);
  const facts = [
    ...(plan.changes ?? []),
    rulesText([settled.policy], settled.now, false),
    ...(settled.maxDeletions > 0
      ? [vscode.l10n.t('At most {0}, the oldest first (maxDeletions).', numberText(settled.maxDeletions))]
      : []),
    ...(await handFacts(settled)),
    ...asOfFacts(client, shown.asOf),
    ...(lists.unread.length > 0
      ? [vscode.l10n.t("Skipped, because they can't be read: {0}.", repositoriesText(lists.unread.length))]
      : []),
    ...referenceFacts(
      await services.references.unsure([...lists.sources, ...lists.unread].map(({ repository }) => repository)),
    ),
    ...skewFacts(client),
  ];
  if (!(await confirmBatch(batch, facts))) return;
  await executeBatch(services, {
    account,
    policy: { kind: 'policies' },
    // The rules are those on the screen, wherever they once came from.
    confirmed: { batch, now: settled.now, ...keeping, lists: lists.sources },
    onChecked() {
      if (!plan.isShown()) {
        throw new Error(vscode.l10n.t('The plan changed in the meantime. Nothing was deleted. Review the plan again.'));
      }
      plan.begun();
    },
  });
}

/** What was decided by hand, and which reasons to keep a tag that goes before. */
async function handFacts(settled: SettledDraft): Promise<string[]> {
  const { pickedToDelete, pickedToKeep } = settled.totals;
  const overridden = pickedToDelete > 0 ? await inSlices(settled.overridden()) : [];
  return [
    ...(pickedToKeep > 0 ? [vscode.l10n.t('Kept by hand: {0}.', tagsText(pickedToKeep))] : []),
    ...(pickedToDelete > 0 ? [vscode.l10n.t('Selected by hand: {0}.', tagsText(pickedToDelete))] : []),
    ...overridden.map(({ count, example }) =>
      vscode.l10n.t(
        'Selected by hand although the rules keep them ({0}): {1}.',
        keepReasonsText(example),
        tagsText(count),
      ),
    ),
  ];
}
