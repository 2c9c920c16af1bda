import * as vscode from 'vscode';
import { numberText, tagsText } from '../../text/countText.ts';
import { nothingLeftText, pickedFacts } from '../../text/pickedFacts.ts';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { readLimits } from '../settings/settings.ts';
import { accountId } from '../../hub/wire/account.ts';
import { inSlices } from '../../async/inSlices.ts';
import { makeBatchSliced, type Batch } from '../../retention/plan/batch.ts';
import { withSpared, type KeepReason, type Plan } from '../../retention/plan/plan.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { tagKind } from '../../retention/tags/tagKind.ts';
import { askEmptying } from '../dialogs/askEmptying.ts';
import { executeBatch } from '../runs/executeBatch.ts';
import { skewFacts } from '../../text/clockFacts.ts';
import { confirmBatch } from '../dialogs/confirmBatch.ts';
import { readPicked } from '../lists/readPicked.ts';
import { awaitUses, currentProtection } from '../../prune/protection.ts';
import { selectedNodes } from '../tree/selectedNodes.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

const UNCONFIRMED: KeepReason = Object.freeze({ kind: 'unconfirmed' });

/**
 * `Delete Tag…`: deletes the selected tags, whatever their age, with the same facts, confirmation, last check and account as a prune. What is protected or
 * in use is named in the question and may be confirmed; what becomes so while it stands open is not deleted, and nothing else is. Signatures and other
 * attachments of images that no other tag has are deleted along with them, unless the user wants only the tags.
 */
export async function deleteTag(services: PanelServices, argument?: unknown, all?: unknown): Promise<void> {
  const { protect, maxDeletions } = readLimits();
  const tags = selectedNodes(services, argument, all).filter((node) => node.kind === 'tag');
  const [first] = tags;
  if (!first) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select one or more tags in the tree first.'));
    return;
  }
  const { account } = first;
  const ofAccount = tags.filter((node) => accountId(node.account) === accountId(account));
  // Which attachments count for themselves, only the list tells.
  checkCount(ofAccount.filter(({ tag }) => tagKind(tag) !== 'attachment').length, maxDeletions);
  const client = services.connections.client(account);
  const [read] = await Promise.all([
    readPicked(client, ofAccount),
    awaitUses(
      services.references,
      ofAccount.map(({ repository }) => repository),
    ),
  ]);
  checkCount(
    read.reduce((sum, { plan }) => sum + plan.units, 0),
    maxDeletions,
  );
  const plans = await askEmptying(read.map(({ plan }) => plan));
  if (!plans) return;
  const whole = await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));
  const gone = read.flatMap((picked) => picked.gone);
  const immutable = read.flatMap((picked) => picked.immutable);
  if (whole.total === 0) {
    services.model.refresh(services.model.parent(first));
    void vscode.window.showInformationMessage(nothingLeftText({ gone, immutable }));
    return;
  }
  // A file that was saved while a dialog was open is read first.
  const repositories = whole.plans.map(({ repository }) => repository);
  await awaitUses(services.references, repositories);
  const keeping = currentProtection(services.references, repositories, protect);
  const along = new Set(read.flatMap((picked) => [...picked.along]));
  const deleting = whole.plans.flatMap(({ repository, going }) => going.map((tag) => ({ repository, tag })));
  const facts = [
    ...pickedFacts({
      deleting: deleting.filter(({ tag }) => !along.has(tag)),
      moved: read.flatMap((picked) => picked.moved),
      gone,
      immutable,
      guarded: deleting.filter(({ tag }) => protect.protectedBy(tag.name) !== undefined),
      used: deleting
        .map(({ repository, tag }) => ({ repository, tag, places: services.references.placesOf(repository, tag) }))
        .filter(({ places }) => places.length > 0),
      otherAccounts: ofAccount.length < tags.length,
    }),
    ...referenceFacts(await services.references.unsure(repositories)),
    ...skewFacts(client),
  ];
  const batch = await confirmBatch(whole, facts, await withoutAlong(whole, along));
  if (!batch) return;
  const confirmed = { batch, now: batch.asOf, ...keeping, lists: [], along };
  await executeBatch(services, { account, policy: { kind: 'picked' }, confirmed });
}

/** @param count tags that `maxDeletions` counts @throws Error where the settings allow fewer */
function checkCount(count: number, maxDeletions: number): void {
  if (maxDeletions === 0 || count <= maxDeletions) return;
  throw new Error(
    vscode.l10n.t(
      '{0} are selected, but the setting dockerHubPruner.maxDeletions allows {1} at a time.',
      tagsText(count),
      numberText(maxDeletions),
    ),
  );
}

/** The batch without the attachments that were not picked, where it has such and something is left. */
async function withoutAlong({ plans }: Batch, along: ReadonlySet<Tag>): Promise<Batch | undefined> {
  const left: Plan[] = [];
  for (const plan of plans) {
    left.push(await inSlices(withSpared(plan, new Set(plan.going.filter((tag) => along.has(tag))), UNCONFIRMED)));
  }
  return left.every((plan, index) => plan === plans[index])
    ? undefined
    : inSlices(makeBatchSliced(left, { maxDeletions: 0 }));
}
