import * as v from 'valibot';
import * as vscode from 'vscode';
import { accountId, type Account } from '../hub/account.ts';

/** What SecretStorage holds for one account; nothing of it is kept anywhere else (invariant 9). */
export interface StoredAccount {
  readonly account: Account;
  /** Password, personal or organisation access token. */
  readonly secret: string;
  /** Bearer token of a sign-in that needed a one-time code. */
  readonly token?: string;
}

/** An account that was signed in, with what is stored for it now, or that was signed out. */
export interface AccountChange {
  readonly id: string;
  readonly stored: StoredAccount | undefined;
}

const keyPrefix = 'account:';
const tokenPrefix = 'token:';

const storedShape = v.object({
  account: v.object({
    name: v.string(),
    kind: v.picklist(['user', 'organization']),
    origins: v.object({ api: v.string(), registry: v.string(), token: v.string() }),
  }),
  secret: v.pipe(v.string(), v.nonEmpty()),
});

/** The signed-in accounts, each under a key of its own so that two windows cannot overwrite one another's. */
export class AccountStore implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<AccountChange>();
  readonly #subscription: vscode.Disposable;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(keyPrefix)) void this.#tell(key);
    });
  }

  /** Fires when an account was signed in or out, in this window or another one. */
  readonly onDidChange: vscode.Event<AccountChange> = (listener, ...rest) => this.#changed.event(listener, ...rest);

  /** All accounts, of all origins, by name. */
  async list(): Promise<Account[]> {
    const keys = (await this.#secrets.keys()).filter((key) => key.startsWith(keyPrefix));
    const stored = await Promise.all(keys.map((key) => this.#read(key)));
    return stored.flatMap((found) => (found ? [found.account] : [])).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** What is stored for this account; `undefined` once it is signed out. */
  async get(account: Account): Promise<StoredAccount | undefined> {
    const [stored, token] = await Promise.all([this.#read(keyOf(account)), this.#secrets.get(tokenKeyOf(account))]);
    return stored && { ...stored, ...(token && { token }) };
  }

  /** Keeps or replaces an account. */
  async put({ account, secret, token }: StoredAccount): Promise<void> {
    if (token !== undefined) await this.keepToken(account, token);
    else if ((await this.#secrets.get(tokenKeyOf(account))) !== undefined) await this.#secrets.delete(tokenKeyOf(account));
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

  async #read(key: string): Promise<StoredAccount | undefined> {
    try {
      return v.parse(storedShape, JSON.parse((await this.#secrets.get(key)) ?? 'null'));
    } catch {
      // Not ours, or of another version: as good as signed out. The text must not reach an error message.
      return undefined;
    }
  }
}

function keyOf(account: Account): string {
  return keyPrefix + accountId(account);
}

function tokenKeyOf(account: Account): string {
  return tokenPrefix + accountId(account);
}
