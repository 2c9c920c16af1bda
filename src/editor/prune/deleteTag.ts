import * as vscode from 'vscode';
import { numberText, tagsText } from '../../text/countText.ts';
import { tagText } from '../../text/planText.ts';
import { placeText, referenceFacts } from '../../text/referenceFacts.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import { readLimits } from '../settings/settings.ts';
import { accountId } from '../../hub/wire/account.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { inSlices } from '../../async/inSlices.ts';
import { makeBatchSliced, type Batch, type BatchTag } from '../../retention/plan/batch.ts';
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

const mostNamed = 10;

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
  const checkCap = (units: number): void => {
    if (maxDeletions === 0 || units <= maxDeletions) return;
    throw new Error(
      vscode.l10n.t(
        '{0} are selected, and the setting dockerHubPruner.maxDeletions allows {1} at a time.',
        tagsText(units),
        numberText(maxDeletions),
      ),
    );
  };
  // Which attachments count for themselves, only the list tells.
  checkCap(ofAccount.filter(({ tag }) => tagKind(tag) !== 'attachment').length);
  const client = services.connections.client(account);
  const [read] = await Promise.all([
    readPicked(client, ofAccount),
    awaitUses(
      services.references,
      ofAccount.map(({ repository }) => repository),
    ),
  ]);
  const gone = read.flatMap((picked) => picked.gone);
  const moved = read.flatMap((picked) => picked.moved);
  const immutable = read.flatMap((picked) => picked.immutable);
  checkCap(read.reduce((sum, { plan }) => sum + plan.units, 0));
  const plans = await askEmptying(read.map(({ plan }) => plan));
  if (!plans) return;
  const whole = await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));
  if (whole.total === 0) {
    services.model.refresh(services.model.parent(first));
    void vscode.window.showInformationMessage(nothingLeftText(gone, immutable));
    return;
  }
  // A file that was saved while a dialog stood open is looked into first.
  const repositories = whole.plans.map(({ repository }) => repository);
  await awaitUses(services.references, repositories);
  const keeping = currentProtection(services.references, repositories, protect);
  const along = new Set(read.flatMap((picked) => [...picked.along]));
  const going = whole.plans.flatMap(({ repository, going }) => going.map((tag) => ({ repository, tag })));
  const guarded = going.filter(({ tag }) => protect.protectedBy(tag.name) !== undefined);
  const used = going.filter(({ repository, tag }) => services.references.placesOf(repository, tag).length > 0);
  const facts = [
    ...named(going.filter(({ tag }) => !along.has(tag))),
    ...(moved.length > 0
      ? [vscode.l10n.t('Pushed again since the tree was read: {0}.', firstOf(moved.map(tagText)).join(', '))]
      : []),
    ...(gone.length > 0
      ? [vscode.l10n.t('Gone already: {0}.', firstOf(gone.map((name) => plainText(name))).join(', '))]
      : []),
    ...(immutable.length > 0
      ? [vscode.l10n.t('Immutable on Docker Hub, and skipped: {0}.', named(immutable).join(', '))]
      : []),
    ...(guarded.length > 0
      ? [
          vscode.l10n.t(
            '{0} of them protected by the setting dockerHubPruner.protect: {1}.',
            tagsText(guarded.length),
            named(guarded).join(', '),
          ),
        ]
      : []),
    ...used
      .slice(0, mostNamed)
      .map(({ repository, tag }) =>
        vscode.l10n.t(
          '{0} is in use: {1}.',
          plainText(tag.name),
          firstOf(services.references.placesOf(repository, tag).map(placeText)).join(', '),
        ),
      ),
    ...(used.length > mostNamed ? [vscode.l10n.t('In use as well: {0}.', tagsText(used.length - mostNamed))] : []),
    ...(ofAccount.length < tags.length ? [vscode.l10n.t('Skipped: tags of other accounts.')] : []),
    ...referenceFacts(await services.references.unsure(repositories)),
    ...skewFacts(client),
  ];
  const batch = await confirmBatch(whole, facts, await withoutAlong(whole, along));
  if (!batch) return;
  const confirmed = { batch, now: batch.asOf, ...keeping, lists: [], along };
  await executeBatch(services, { account, policy: { kind: 'picked' }, confirmed });
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

function nothingLeftText(gone: readonly string[], immutable: readonly BatchTag[]): string {
  if (immutable.length === 0) {
    return vscode.l10n.t('There is nothing left to delete: {0} gone already.', tagsText(gone.length));
  }
  const skipped = vscode.l10n.t(
    'There is nothing to delete, since these are immutable on Docker Hub: {0}.',
    named(immutable).join(', '),
  );
  return gone.length === 0 ? skipped : vscode.l10n.t('{0} Gone already: {1}.', skipped, tagsText(gone.length));
}

function named(tags: readonly BatchTag[]): string[] {
  const several = new Set(tags.map(({ repository }) => repositoryText(repository))).size > 1;
  return firstOf(
    tags.map(({ repository, tag }) => (several ? `${repositoryText(repository)}:${tagText(tag)}` : tagText(tag))),
  );
}

/** A dialog has room for a few names; the others are counted. */
function firstOf(names: readonly string[]): string[] {
  return names.length > mostNamed
    ? [...names.slice(0, mostNamed), vscode.l10n.t('and {0} more', names.length - mostNamed)]
    : [...names];
}
