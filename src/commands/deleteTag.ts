import * as vscode from 'vscode';
import { tagsText } from '../host/countText.ts';
import type { TagNode } from '../host/node.ts';
import { tagText } from '../host/planText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { readProtection } from '../host/settings.ts';
import type { HubClient } from '../hub/client.ts';
import { makeBatch, type BatchTag } from '../retention/batch.ts';
import { planPicked, type Plan } from '../retention/plan.ts';
import { askEmptying } from './askEmptying.ts';
import { carryOut } from './carryOut.ts';
import { confirmBatch } from './confirmBatch.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { Services } from './services.ts';

const mostNamed = 10;

/** `Delete Tag…`: deletes the selected tags, whatever their age, with the same confirmation and account as a prune. */
export async function deleteTag(services: Services, argument?: unknown, all?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const protect = readProtection();
  const tags = selectedNodes(services, argument, all).filter((node) => node.kind === 'tag');
  const [first] = tags;
  if (!first) {
    void vscode.window.showInformationMessage(t('Select one or more tags in the tree first.'));
    return;
  }
  const { account } = first;
  const ofAccount = tags.filter((node) => node.account.name === account.name);
  const client = services.connections.client(account);
  const plans = await askEmptying(await plansFor(client, ofAccount));
  if (!plans) return;
  const batch = makeBatch(plans, { maxDeletions: 0 });
  if (batch.total === 0) return;
  const going = batch.plans.flatMap(({ repository, going }) => going.map((tag) => ({ repository, tag })));
  const guarded = going.filter(({ tag }) => protect.protectedBy(tag.name) !== undefined);
  const facts = [
    ...named(going),
    ...(guarded.length > 0 ? [t('{0} of them protected by the setting dockerHubPruner.protect: {1}.', tagsText(guarded.length), named(guarded).join(', '))] : []),
    ...(ofAccount.length < tags.length ? [t('Tags of other accounts are left alone.')] : []),
  ];
  if (await confirmBatch(batch, facts)) await carryOut(services, account, batch);
}

/** A plan for each repository. How many tags it holds is read now: the tree may show a part of them, or what once was. */
function plansFor(client: HubClient, nodes: readonly TagNode[]): Thenable<readonly Plan[]> {
  const planFor = async (ofOne: readonly TagNode[]): Promise<Plan> => {
    const { repository } = ofOne[0]!;
    const { rows, next, count } = await client.tagPage(repository, { lane: 'foreground' });
    const picked = new Set(ofOne.map(({ tag }) => tag.name));
    const others = rows.filter(({ name }) => !picked.has(name)).length;
    return planPicked({
      repository,
      tags: ofOne.map(({ tag: { platforms: _, ...tag } }) => tag),
      asOf: client.now(),
      remaining: next === undefined ? picked.size + others : count,
    });
  };
  return vscode.window.withProgress({ location: { viewId: 'dockerHubPruner.repositories' } }, () =>
    Promise.all([...Map.groupBy(nodes, ({ repository }) => repositoryText(repository)).values()].map(planFor)),
  );
}

function named(tags: readonly BatchTag[]): string[] {
  const several = new Set(tags.map(({ repository }) => repositoryText(repository))).size > 1;
  const names = tags.slice(0, mostNamed).map(({ repository, tag }) => (several ? `${repositoryText(repository)}:${tagText(tag)}` : tagText(tag)));
  return tags.length > mostNamed ? [...names, vscode.l10n.t('and {0} more', tags.length - mostNamed)] : names;
}
