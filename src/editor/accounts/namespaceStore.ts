import type * as vscode from 'vscode';
import { accountId, type Account } from '../../hub/wire/account.ts';

/** Namespaces that the user added to an account by hand. */
export class NamespaceStore {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  /** In the order in which they were added. */
  list(account: Account): readonly string[] {
    const stored = this.#memento.get<unknown>(keyOf(account));
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : [];
  }

  /** Adds one; nothing happens when it is there already. */
  async add(account: Account, namespace: string): Promise<void> {
    await this.#memento.update(keyOf(account), [...new Set([...this.list(account), namespace])]);
  }

  /** Takes one out again. */
  async remove(account: Account, namespace: string): Promise<void> {
    const left = this.list(account).filter((name) => name !== namespace);
    await this.#memento.update(keyOf(account), left.length > 0 ? left : undefined);
  }

  /** Forgets all of an account's. */
  async forget(account: Account): Promise<void> {
    await this.#memento.update(keyOf(account), undefined);
  }
}

function keyOf(account: Account): string {
  return `namespaces:${accountId(account)}`;
}
