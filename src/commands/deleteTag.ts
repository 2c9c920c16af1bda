import * as vscode from 'vscode';
import { tagsText } from '../host/countText.ts';
import type { TagNode } from '../host/node.ts';
import { repositoryText, tagText } from '../host/planText.ts';
import { readProtection } from '../host/settings.ts';
import { makeBatch } from '../retention/batch.ts';
import { planPicked } from '../retention/plan.ts';
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
  const plans = await askEmptying(
    [...Map.groupBy(ofAccount, ({ repository }) => repositoryText(repository)).values()].map((nodes) => {
      const { repository } = nodes[0]!;
      const node = services.model.findRepository(account, repository);
      return planPicked({
        repository,
        tags: nodes.map(({ tag: { platforms: _, ...tag } }) => tag),
        asOf: client.now(),
        remaining: node && services.model.tagCount(node),
      });
    }),
  );
  if (!plans) return;
  const batch = makeBatch(plans, { maxDeletions: 0 });
  if (batch.total === 0) return;
  const guarded = ofAccount.filter(({ tag }) => protect.protectedBy(tag.name) !== undefined);
  const facts = [
    ...named(ofAccount),
    ...(guarded.length > 0 ? [t('{0} of them protected by the setting dockerHubPruner.protect: {1}.', tagsText(guarded.length), named(guarded).join(', '))] : []),
    ...(ofAccount.length < tags.length ? [t('Tags of other accounts are left alone.')] : []),
  ];
  if (await confirmBatch(batch, facts)) await carryOut(services, account, batch);
}

function named(nodes: readonly TagNode[]): string[] {
  const names = nodes.slice(0, mostNamed).map(({ tag }) => tagText(tag));
  return nodes.length > mostNamed ? [...names, vscode.l10n.t('and {0} more', nodes.length - mostNamed)] : names;
}
