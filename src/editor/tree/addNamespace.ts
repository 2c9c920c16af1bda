import * as vscode from 'vscode';
import { errorText } from '../../text/errorText.ts';
import { accountNodeId } from './node.ts';
import { inputStep } from '../ui/inputStep.ts';
import { pickAccount } from './pickAccount.ts';
import type { TreeServices } from './treeServices.ts';

/** `Add Namespace…`: shows a namespace that is neither the account's own nor of its organizations. */
export async function addNamespace(services: TreeServices): Promise<void> {
  const title = vscode.l10n.t('Add Namespace');
  const account = await pickAccount(services, title);
  if (!account) return;
  const namespace = await inputStep<string>({
    title,
    prompt: vscode.l10n.t('A user or organization on Docker Hub whose repositories you want to see'),
    placeholder: 'library',
    check: (text) =>
      /^[a-z0-9][a-z0-9_-]*$/i.test(text.trim())
        ? undefined
        : vscode.l10n.t('A name contains only letters, digits, "-", and "_".'),
    accept: async (text) => {
      const name = text.trim().toLowerCase();
      await services.connections.client(account).repositoryPage(name, { lane: 'foreground' });
      return name;
    },
    errorText: (error) => errorText(error).message,
  });
  if (namespace === undefined || namespace === 'back') return;
  const shown = async () =>
    (await services.model.children(accountRow)).find(
      (node) => node.kind === 'namespace' && node.namespace === namespace,
    );
  const accountRow = services.model.find({ id: accountNodeId(account) });
  if (!accountRow || !(await shown())) {
    await services.namespaces.add(account, namespace);
    services.model.redraw(accountRow);
  }
  const row = accountRow && (await shown());
  if (row) await services.tree.reveal(row, { select: true, focus: true });
}
