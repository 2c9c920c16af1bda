import * as vscode from 'vscode';

/** The tree of a view that is registered at activation: who really has the rows is loaded when VS Code first asks for some. */
export class LazyTree<T> implements vscode.TreeDataProvider<T>, vscode.Disposable {
  readonly #load: () => Promise<vscode.TreeDataProvider<T>>;
  readonly #changed = new vscode.EventEmitter<T | T[] | undefined | null | void>();
  #loaded: vscode.TreeDataProvider<T> | undefined;
  #subscription: vscode.Disposable | undefined;

  /** @param load gives the same object at each call */
  constructor(load: () => Promise<vscode.TreeDataProvider<T>>) {
    this.#load = load;
  }

  readonly onDidChangeTreeData = this.#changed.event;

  async getChildren(row?: T): Promise<T[] | undefined | null> {
    return (await this.#tree()).getChildren(row);
  }

  async getTreeItem(row: T): Promise<vscode.TreeItem> {
    return (await this.#tree()).getTreeItem(row);
  }

  async getParent(row: T): Promise<T | undefined | null> {
    return (await this.#tree()).getParent?.(row);
  }

  async resolveTreeItem(item: vscode.TreeItem, row: T, token: vscode.CancellationToken): Promise<vscode.TreeItem> {
    return (await (await this.#tree()).resolveTreeItem?.(item, row, token)) ?? item;
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#changed.dispose();
  }

  async #tree(): Promise<vscode.TreeDataProvider<T>> {
    const tree = await this.#load();
    if (this.#loaded !== tree) {
      this.#loaded = tree;
      this.#subscription?.dispose();
      this.#subscription = tree.onDidChangeTreeData?.((row) => this.#changed.fire(row));
    }
    return tree;
  }
}
