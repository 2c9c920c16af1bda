import * as vscode from 'vscode';
import { accountId, type Account } from '../../hub/wire/account.ts';
import { sameOrigins, type Origins } from '../../hub/wire/origins.ts';
import type { StoredAccount } from './storedAccount.ts';

/** An account that was signed in, with what is stored for it now, or that was signed out. */
export interface AccountChange {
  readonly id: string;
  readonly stored: StoredAccount | undefined;
}

const keyPrefix = 'account:';
const tokenPrefix = 'token:';

/** The signed-in accounts, each under a key of its own so that two windows cannot overwrite one another's. */
export class AccountStore implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<AccountChange>();
  readonly #subscription: vscode.Disposable;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#subscription = secrets.onDidChange(({ key }) => {
      // Where it cannot be read, nothing is told: that says nothing about the account.
      if (key.startsWith(keyPrefix)) void this.#tell(key).catch(() => undefined);
    });
  }

  /** Fires when an account was signed in or out, in this window or another one. */
  readonly onDidChange: vscode.Event<AccountChange> = (listener, ...rest) => this.#changed.event(listener, ...rest);

  /** All accounts, of all origins, by name. */
  async list(): Promise<Account[]> {
    const keys = (await this.#secrets.keys()).filter((key) => key.startsWith(keyPrefix));
    // Nothing can be done with an account whose secret cannot be read.
    const stored = await Promise.all(keys.map((key) => this.#read(key).catch(() => undefined)));
    return stored.flatMap((found) => (found ? [found.account] : [])).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** The accounts that are signed in at these origins, by name. */
  async listAt(origins: Origins): Promise<Account[]> {
    return (await this.list()).filter((account) => sameOrigins(account.origins, origins));
  }

  /**
   * What is stored for this account; `undefined` once it is signed out. A token that cannot be read is left out: the secret is enough to get another.
   * @throws what SecretStorage rejects with where the secret cannot be read, which is not the same as signed out
   */
  async get(account: Account): Promise<StoredAccount | undefined> {
    const [stored, token] = await Promise.all([
      this.#read(keyOf(account)),
      this.#token(account).catch(() => undefined),
    ]);
    return stored && { ...stored, ...(token && { token }) };
  }

  /** Keeps or replaces an account. A token that cannot be kept only is asked for again. @throws what SecretStorage rejects with where the secret cannot be kept */
  async put({ account, secret, token }: StoredAccount): Promise<void> {
    await this.#putToken(account, token).catch(() => undefined);
    await this.#secrets.store(keyOf(account), JSON.stringify({ account, secret }));
  }

  /** Keeps a token beside the secret, which is not written again: it may have been changed or signed out meanwhile. */
  async keepToken(account: Account, token: string): Promise<void> {
    await this.#secrets.store(tokenKeyOf(account), token);
  }

  /** Forgets an account with all that was stored for it. */
  async delete(account: Account): Promise<void> {
    await this.#secrets.delete(keyOf(account));
    await this.#secrets.delete(tokenKeyOf(account));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #tell(key: string): Promise<void> {
    this.#changed.fire({ id: key.slice(keyPrefix.length), stored: await this.#read(key) });
  }

  async #token(account: Account): Promise<string | undefined> {
    return this.#secrets.get(tokenKeyOf(account));
  }

  async #putToken(account: Account, token: string | undefined): Promise<void> {
    if (token !== undefined) await this.keepToken(account, token);
    else if ((await this.#token(account)) !== undefined) await this.#secrets.delete(tokenKeyOf(account));
  }

  /** @throws what SecretStorage rejects with */
  async #read(key: string): Promise<StoredAccount | undefined> {
    const text = await this.#secrets.get(key);
    if (text === undefined) return undefined;
    // Loaded only where somebody is signed in.
    const { parseStoredAccount } = await import('./storedAccount.ts');
    return parseStoredAccount(text);
  }
}

function keyOf(account: Account): string {
  return keyPrefix + accountId(account);
}

function tokenKeyOf(account: Account): string {
  return tokenPrefix + accountId(account);
}
