import * as vscode from 'vscode';
import { tagOrders, type TagOrder } from './tagOrder.ts';
import type { TreeServices } from './treeServices.ts';

/** `Sort Tags…`: the order of tags in all repositories. */
export async function sortTags({ model }: TreeServices): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    tagOrders.map((order) => ({
      label: orderText(order),
      description: order === model.order ? vscode.l10n.t('current') : '',
      order,
    })),
    {
      title: vscode.l10n.t('Sort Tags'),
      placeHolder: vscode.l10n.t('Sorting by size covers only the tags loaded so far'),
    },
  );
  if (picked) model.order = picked.order;
}

function orderText(order: TagOrder): string {
  switch (order) {
    case 'newest':
      return vscode.l10n.t('Newest first');
    case 'oldest':
      return vscode.l10n.t('Oldest first');
    case 'name':
      return vscode.l10n.t('Name');
    case 'nameDescending':
      return vscode.l10n.t('Name, descending');
    case 'largest':
      return vscode.l10n.t('Largest first');
    case 'smallest':
      return vscode.l10n.t('Smallest first');
  }
}
