import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { numberText, tagsText } from '../host/countText.ts';
import { repositoryNodeId, type TagNode } from '../host/node.ts';
import { tagText } from '../host/planText.ts';
import { placeText, referenceFacts } from '../host/referenceFacts.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { readMaxDeletions, readProtection } from '../host/settings.ts';
import { accountId } from '../hub/account.ts';
import type { HubClient } from '../hub/client.ts';
import { isHubError } from '../hub/hubError.ts';
import { plainText } from '../hub/serverWords.ts';
import type { DetailedTag } from '../hub/tagRow.ts';
import { makeBatch, type BatchTag } from '../retention/batch.ts';
import { hasMoved } from '../retention/moved.ts';
import { planPicked, type Plan, type RepositoryName } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';
import { askEmptying } from './askEmptying.ts';
import { carryOut } from './carryOut.ts';
import { checkAgain } from './checkAgain.ts';
import { skewFacts } from './clockFacts.ts';
import { confirmBatch } from './confirmBatch.ts';
import { keepingNow } from './refuseNewlyKept.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { Services } from './services.ts';

const mostNamed = 10;

/** Look-ups at a time of picked tags that are not among the newest hundred. */
const lookUps = 4;

const foreground = { lane: 'foreground' } as const;

/** What was picked of one repository, read again: the tree may show what once was. */
interface Picked {
  /** Of those that are there and may be deleted. */
  readonly plan: Plan;
  /** Names that are gone already. */
  readonly gone: readonly string[];
  /** Tags that were pushed again since the tree was read. */
  readonly moved: readonly Tag[];
  /** Tags that Docker Hub refuses to delete; they are skipped. */
  readonly immutable: readonly BatchTag[];
}

/**
 * `Delete Tag…`: deletes the selected tags, whatever their age, with the same facts, confirmation, last check and account as a prune. What is protected or
 * in use is named in the question and may be confirmed; what becomes so while it stands open is not deleted, and nothing else is.
 */
export async function deleteTag(services: Services, argument?: unknown, all?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const [protect, maxDeletions] = [readProtection(), readMaxDeletions()];
  const tags = selectedNodes(services, argument, all).filter((node) => node.kind === 'tag');
  const [first] = tags;
  if (!first) {
    void vscode.window.showInformationMessage(t('Select one or more tags in the tree first.'));
    return;
  }
  const { account } = first;
  const ofAccount = tags.filter((node) => accountId(node.account) === accountId(account));
  if (maxDeletions > 0 && ofAccount.length > maxDeletions) {
    throw new Error(t('{0} are selected, and the setting dockerHubPruner.maxDeletions allows {1} at a time.', tagsText(ofAccount.length), numberText(maxDeletions)));
  }
  const client = services.connections.client(account);
  const [read] = await Promise.all([readPicked(client, ofAccount), services.references.ready()]);
  const gone = read.flatMap((picked) => picked.gone);
  const moved = read.flatMap((picked) => picked.moved);
  const immutable = read.flatMap((picked) => picked.immutable);
  const plans = await askEmptying(read.map(({ plan }) => plan));
  if (!plans) return;
  const batch = makeBatch(plans, { maxDeletions: 0 });
  if (batch.total === 0) {
    services.model.refresh(services.model.parent(first));
    void vscode.window.showInformationMessage(nothingLeftText(gone, immutable));
    return;
  }
  // A file that was saved while a dialog stood open is looked into first.
  await services.references.ready();
  const repositories = batch.plans.map(({ repository }) => repository);
  const keeping = keepingNow(services, repositories, protect);
  const going = batch.plans.flatMap(({ repository, going }) => going.map((tag) => ({ repository, tag })));
  const guarded = going.filter(({ tag }) => protect.protectedBy(tag.name) !== undefined);
  const used = going.filter(({ repository, tag }) => services.references.placesOf(repository, tag).length > 0);
  const facts = [
    ...named(going),
    ...(moved.length > 0 ? [t('Pushed again since the tree was read: {0}.', firstOf(moved.map(tagText)).join(', '))] : []),
    ...(gone.length > 0 ? [t('Gone already: {0}.', firstOf(gone.map((name) => plainText(name))).join(', '))] : []),
    ...(immutable.length > 0 ? [t('Immutable on Docker Hub, and skipped: {0}.', named(immutable).join(', '))] : []),
    ...(guarded.length > 0 ? [t('{0} of them protected by the setting dockerHubPruner.protect: {1}.', tagsText(guarded.length), named(guarded).join(', '))] : []),
    ...used.slice(0, mostNamed).map(({ repository, tag }) => t('{0} is in use: {1}.', plainText(tag.name), firstOf(services.references.placesOf(repository, tag).map(placeText)).join(', '))),
    ...(used.length > mostNamed ? [t('In use as well: {0}.', tagsText(used.length - mostNamed))] : []),
    ...(ofAccount.length < tags.length ? [t('Tags of other accounts are left alone.')] : []),
    ...referenceFacts(services.references.unsure(repositories)),
    ...skewFacts(client),
  ];
  if (!(await confirmBatch(batch, facts))) return;
  const check = () => checkAgain(services, account, { batch, now: batch.asOf, ...keeping, lists: [] });
  await carryOut(services, { account, batch, policy: { kind: 'picked' }, check });
}

function nothingLeftText(gone: readonly string[], immutable: readonly BatchTag[]): string {
  const { t } = vscode.l10n;
  if (immutable.length === 0) return t('There is nothing left to delete: {0} gone already.', tagsText(gone.length));
  const skipped = t('There is nothing to delete, since these are immutable on Docker Hub: {0}.', named(immutable).join(', '));
  return gone.length === 0 ? skipped : t('{0} Gone already: {1}.', skipped, tagsText(gone.length));
}

/** Reads the picked tags again, and how many their repositories hold, so that the dialog says what is there now. */
function readPicked(client: HubClient, nodes: readonly TagNode[]): Thenable<readonly Picked[]> {
  const limit = pLimit(lookUps);
  const readOne = async (ofOne: readonly TagNode[]): Promise<Picked> => {
    const { repository } = ofOne[0]!;
    const [{ rows, next, count }, isImmutable] = await Promise.all([client.tagPage(repository, foreground), client.immutableTags(repository, foreground)]);
    const listed = new Map(rows.map((row) => [row.name, row]));
    const found = await limit.map(ofOne, async ({ tag }) => listed.get(tag.name) ?? (next === undefined ? undefined : ifThere(client, repository, tag.name)));
    const picked = new Set(ofOne.map(({ tag }) => tag.name));
    const others = rows.filter(({ name }) => !picked.has(name)).length;
    const there = found.filter((tag) => tag !== undefined).map(({ platforms: _, ...tag }): Tag => tag);
    const [skipped, deletable] = [there.filter(({ name }) => isImmutable?.(name)), there.filter(({ name }) => !isImmutable?.(name))];
    return {
      plan: planPicked({
        repository,
        tags: deletable,
        asOf: client.now(),
        // Where nobody says how many there are, emptying is asked for rather than not.
        remaining: next === undefined ? there.length + others : (count ?? there.length),
      }),
      gone: ofOne.flatMap(({ tag }, index) => (found[index] ? [] : [tag.name])),
      moved: ofOne.flatMap(({ tag }, index) => (found[index] && hasMoved(tag, found[index]) ? [found[index]] : [])),
      immutable: skipped.map((tag) => ({ repository, tag })),
    };
  };
  return vscode.window.withProgress({ location: { viewId: 'dockerHubPruner.repositories' } }, () =>
    // Not by what is shown of their names, which hostile ones may have in common.
    Promise.all([...Map.groupBy(nodes, ({ account, repository }) => repositoryNodeId(account, repository)).values()].map(readOne)),
  );
}

async function ifThere(client: HubClient, repository: RepositoryName, name: string): Promise<DetailedTag | undefined> {
  try {
    return await client.tag(repository, name, foreground);
  } catch (error) {
    if (isHubError(error, 'notFound')) return undefined;
    throw error;
  }
}

function named(tags: readonly BatchTag[]): string[] {
  const several = new Set(tags.map(({ repository }) => repositoryText(repository))).size > 1;
  return firstOf(tags.map(({ repository, tag }) => (several ? `${repositoryText(repository)}:${tagText(tag)}` : tagText(tag))));
}

/** A dialog has room for a few names; the others are counted. */
function firstOf(names: readonly string[]): string[] {
  return names.length > mostNamed ? [...names.slice(0, mostNamed), vscode.l10n.t('and {0} more', names.length - mostNamed)] : [...names];
}
