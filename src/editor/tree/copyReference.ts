import * as vscode from 'vscode';
import type { HubNode } from './node.ts';
import { pathSegment } from '../../hub/wire/pathSegment.ts';
import { selectedNodes } from './selectedNodes.ts';
import type { TreeServices } from './treeServices.ts';

/** `Copy Image Reference`: what `docker pull` takes, one line for each selected row. */
export async function copyReference(services: TreeServices, argument?: unknown, all?: unknown): Promise<void> {
  const references = selectedNodes(services, argument, all)
    .map(referenceOf)
    .filter((reference) => reference !== undefined);
  if (references.length === 0) return;
  await vscode.env.clipboard.writeText(references.join('\n'));
  vscode.window.setStatusBarMessage(
    vscode.l10n.t(
      'Copied {0}',
      references.length === 1 ? references[0]! : vscode.l10n.t('{0} references', references.length),
    ),
    3000,
  );
}

/** Only names that `docker pull` takes: a line end in one would reach a terminal. @throws HubError `unsafeName` */
function referenceOf(node: HubNode): string | undefined {
  if (node.kind !== 'repository' && node.kind !== 'tag') return undefined;
  const repository = `${pathSegment(node.repository.namespace)}/${pathSegment(node.repository.name)}`;
  return node.kind === 'tag' ? `${repository}:${pathSegment(node.tag.name)}` : repository;
}
