import type * as vscode from 'vscode';
import type { PolicyServices } from '../policies/policyServices.ts';
import type { NamespaceStore } from '../accounts/namespaceStore.ts';
import type { HubModel } from './hubModel.ts';
import type { TreeNode } from './node.ts';

/** What commands on repositories and tags work with. */
export interface TreeServices extends PolicyServices {
  readonly namespaces: NamespaceStore;
  readonly model: HubModel;
  readonly tree: vscode.TreeView<TreeNode>;
}
