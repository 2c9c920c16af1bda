import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { numberText, tagsText } from '../host/countText.ts';
import { repositoryNodeId, type TagNode } from '../host/node.ts';
import { tagText } from '../host/planText.ts';
import { placeText } from '../host/referenceFacts.ts';
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
import { confirmBatch } from './confirmBatch.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { Services } from './services.ts';

const mostNamed = 10;

/** Look-ups at a time of picked tags that are not among the newest hundred. */
const lookUps = 4;

/** What was picked of one repository, read again: the tree may show what once was. */
interface Picked {
  readonly plan: Plan;
  /** Names that are gone already. */
  readonly gone: readonly string[];
  /** Tags that were pushed again since the tree was read. */
  readonly moved: readonly Tag[];
}

/** `Delete Tag…`: deletes the selected tags, whatever their age, with the same confirmation and account as a prune. */
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
  const read = await readPicked(client, ofAccount);
  const gone = read.flatMap((picked) => picked.gone);
  const moved = read.flatMap((picked) => picked.moved);
  const plans = await askEmptying(read.map(({ plan }) => plan));
  if (!plans) return;
  const batch = makeBatch(plans, { maxDeletions: 0 });
  if (batch.total === 0) {
    services.model.refresh(services.model.parent(first));
    void vscode.window.showInformationMessage(t('There is nothing left to delete: {0} gone already.', tagsText(gone.length)));
    return;
  }
  const going = batch.plans.flatMap(({ repository, going }) => going.map((tag) => ({ repository, tag })));
  const guarded = going.filter(({ tag }) => protect.protectedBy(tag.name) !== undefined);
  await services.references.ready();
  const used = going.filter(({ repository, tag }) => services.references.placesOf(repository, tag).length > 0);
  const facts = [
    ...named(going),
    ...(moved.length > 0 ? [t('Pushed again since the tree was read: {0}.', firstOf(moved.map(tagText)).join(', '))] : []),
    ...(gone.length > 0 ? [t('Gone already: {0}.', firstOf(gone.map((name) => plainText(name))).join(', '))] : []),
    ...(guarded.length > 0 ? [t('{0} of them protected by the setting dockerHubPruner.protect: {1}.', tagsText(guarded.length), named(guarded).join(', '))] : []),
    ...used.slice(0, mostNamed).map(({ repository, tag }) => t('{0} is in use: {1}.', plainText(tag.name), firstOf(services.references.placesOf(repository, tag).map(placeText)).join(', '))),
    ...(used.length > mostNamed ? [t('In use as well: {0}.', tagsText(used.length - mostNamed))] : []),
    ...(ofAccount.length < tags.length ? [t('Tags of other accounts are left alone.')] : []),
  ];
  if (await confirmBatch(batch, facts)) await carryOut(services, account, batch, { kind: 'picked' });
}

/** Reads the picked tags again, and how many their repositories hold, so that the dialog says what is there now. */
function readPicked(client: HubClient, nodes: readonly TagNode[]): Thenable<readonly Picked[]> {
  const limit = pLimit(lookUps);
  const readOne = async (ofOne: readonly TagNode[]): Promise<Picked> => {
    const { repository } = ofOne[0]!;
    const { rows, next, count } = await client.tagPage(repository, { lane: 'foreground' });
    const listed = new Map(rows.map((row) => [row.name, row]));
    const found = await limit.map(ofOne, async ({ tag }) => listed.get(tag.name) ?? (next === undefined ? undefined : ifThere(client, repository, tag.name)));
    const picked = new Set(ofOne.map(({ tag }) => tag.name));
    const others = rows.filter(({ name }) => !picked.has(name)).length;
    const there = found.filter((tag) => tag !== undefined);
    return {
      plan: planPicked({
        repository,
        tags: there.map(({ platforms: _, ...tag }) => tag),
        asOf: client.now(),
        // Where nobody says how many there are, emptying is asked for rather than not.
        remaining: next === undefined ? there.length + others : (count ?? there.length),
      }),
      gone: ofOne.flatMap(({ tag }, index) => (found[index] ? [] : [tag.name])),
      moved: ofOne.flatMap(({ tag }, index) => (found[index] && hasMoved(tag, found[index]) ? [found[index]] : [])),
    };
  };
  return vscode.window.withProgress({ location: { viewId: 'dockerHubPruner.repositories' } }, () =>
    // Not by what is shown of their names, which hostile ones may have in common.
    Promise.all([...Map.groupBy(nodes, ({ account, repository }) => repositoryNodeId(account, repository)).values()].map(readOne)),
  );
}

async function ifThere(client: HubClient, repository: RepositoryName, name: string): Promise<DetailedTag | undefined> {
  try {
    return await client.tag(repository, name, { lane: 'foreground' });
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
