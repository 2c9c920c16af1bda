import * as vscode from 'vscode';
import type { AccountStore } from '../accounts/accountStore.ts';
import type { HubModel } from './hubModel.ts';
import type { NamespaceStore } from '../accounts/namespaceStore.ts';
import type { WorkspaceReferences } from '../references/workspaceReferences.ts';

/** What tells the namespaces that matter. */
export interface NamespaceParts {
  readonly accounts: Pick<AccountStore, 'list' | 'onDidChange'>;
  readonly namespaces: Pick<NamespaceStore, 'list'>;
  readonly model: Pick<HubModel, 'onDidFindNamespaces'>;
}

/** Has the workspace searched for images of all namespaces that are known: those of the signed-in accounts, those added by hand, and organizations once the tree has read them. */
export function lookForNamespaces(
  references: Pick<WorkspaceReferences, 'lookFor'>,
  { accounts, namespaces, model }: NamespaceParts,
): vscode.Disposable {
  const look = async (): Promise<void> => {
    // Accounts that cannot be read delete nothing, and each plan names the namespaces that it is about.
    const known = await accounts.list().catch(() => []);
    references.lookFor(known.flatMap((account) => [account.name, ...namespaces.list(account)]));
  };
  void look();
  return vscode.Disposable.from(
    accounts.onDidChange(() => void look()),
    model.onDidFindNamespaces((found) => references.lookFor(found)),
  );
}
