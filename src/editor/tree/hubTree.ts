import * as vscode from 'vscode';
import type { Account } from '../../hub/wire/account.ts';
import type { HubModel } from './hubModel.ts';
import type { RepositoryNode, TreeNode } from './node.ts';
import { readAgeBands } from '../settings/settings.ts';
import type { WorkspaceReferences } from '../references/workspaceReferences.ts';
import { parseAgeBands, type AgeBands } from '../../retention/tags/ageBand.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { tagTooltip } from './tagTooltip.ts';
import { treeItem } from './treeItem.ts';

/** The tree of accounts, namespaces, repositories and tags over the model. */
export class HubTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #redrawn = new vscode.EventEmitter<undefined>();
  readonly #model: HubModel;
  readonly #references: Pick<WorkspaceReferences, 'placesOf' | 'onDidChange'>;
  /** Read once for all rows. */
  #bands: AgeBands | undefined;
  readonly #now: (account: Account) => number;
  readonly #reportSetting: (error: unknown) => void;

  /**
   * @param now the instant (ms) that an account's ages count from (invariant 2)
   * @param reportSetting told of age bands that cannot be used; the default ones are shown instead
   */
  constructor(
    model: HubModel,
    references: Pick<WorkspaceReferences, 'placesOf' | 'onDidChange'>,
    now: (account: Account) => number,
    reportSetting: (error: unknown) => void,
  ) {
    this.#model = model;
    this.#references = references;
    this.#now = now;
    this.#reportSetting = reportSetting;
  }

  readonly onDidChangeTreeData: vscode.Event<TreeNode | undefined> = (listener, thisArgs, disposables) => {
    const subscription = vscode.Disposable.from(
      this.#model.onDidChange(listener, thisArgs),
      this.#redrawn.event(listener, thisArgs),
      // Only the rows of what changed: a repository may show thousands.
      this.#references.onDidChange((changed) =>
        this.#rowsOf(changed).forEach((row) => void listener.call(thisArgs, row)),
      ),
    );
    disposables?.push(subscription);
    return subscription;
  };

  /** Shows the rows anew with the age bands as they are set now; reads nothing else. */
  redraw(): void {
    this.#bands = undefined;
    this.#redrawn.fire(undefined);
  }

  getChildren(node?: TreeNode): Promise<TreeNode[]> {
    return this.#model.children(node);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#model.parent(node);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItem(node, {
      now: 'account' in node ? this.#now(node.account) : 0,
      bands: (this.#bands ??= this.#readBands()),
      tagCount: (repository) => this.#model.tagCount(repository),
      filter: (repository) => this.#model.filter(repository),
      isUsed: ({ repository, tag }) => this.#references.placesOf(repository, tag).length > 0,
    });
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    if (node.kind === 'tag') {
      item.tooltip = tagTooltip(node, this.#now(node.account), this.#references.placesOf(node.repository, node.tag));
    }
    return item;
  }

  #rowsOf(changed: readonly RepositoryName[]): RepositoryNode[] {
    // In the model as the server spells them, in references in lower case.
    const names = new Set(changed.map(({ namespace, name }) => `${namespace}/${name}`));
    return this.#model
      .knownRepositories()
      .filter(({ repository: { namespace, name } }) => names.has(`${namespace}/${name}`.toLowerCase()));
  }

  #readBands(): AgeBands {
    try {
      return readAgeBands();
    } catch (error) {
      this.#reportSetting(error);
      return parseAgeBands({});
    }
  }
}
