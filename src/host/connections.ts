import { accountId, type Account } from '../hub/account.ts';
import { HubClient } from '../hub/client.ts';
import { systemClock, type Clock } from '../hub/clock.ts';
import type { HubError } from '../hub/hubError.ts';
import type { Origins } from '../hub/origins.ts';
import { Pacer } from '../hub/pacer.ts';
import { Session } from '../hub/session.ts';
import { createTransport, type Transport } from '../hub/transport.ts';
import type { AccountStore } from './accountStore.ts';

/** What connections are made of. */
export interface ConnectionParts {
  readonly accounts: AccountStore;
  /** Asks for a one-time code while requests wait. */
  readonly askCode: (account: Account, previous?: HubError) => Promise<string | undefined>;
  readonly userAgent: string;
  readonly log: (line: string) => void;
  readonly clock?: Clock;
}

/** One client for each account, with its own session and pace; made when first needed. */
export class Connections {
  readonly clock: Clock;
  readonly #parts: ConnectionParts;
  readonly #clients = new Map<string, HubClient>();
  readonly #tokens = new Map<string, string>();
  /** The secret that client and token of an account are for. */
  readonly #secrets = new Map<string, string>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.clock = parts.clock ?? systemClock;
    // Another window may have signed in with another secret, or out. A run that is under way keeps the client that it has.
    parts.accounts.onDidChange(({ id, stored }) => {
      if (this.#secrets.has(id) && this.#secrets.get(id) !== stored?.secret) this.#drop(id);
    });
  }

  /** The client of an account. */
  client(account: Account): HubClient {
    const id = accountId(account);
    const client = this.#clients.get(id) ?? this.#connect(account);
    this.#clients.set(id, client);
    return client;
  }

  /** Makes the account's next client start from the token of a sign-in just made, so that it need not sign in once more. */
  adopt(account: Account, secret: string, token: string): void {
    this.forget(account);
    this.#tokens.set(accountId(account), token);
    this.#secrets.set(accountId(account), secret);
  }

  /** Lets go of an account's client and token, so that the next one starts from what is stored then. */
  forget(account: Account): void {
    this.#drop(accountId(account));
  }

  /** A transport without an account, for signing in. */
  transport(origins: Origins): Transport {
    const { clock } = this;
    // Looked up at each call: VS Code may patch it after this extension was loaded.
    const fetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);
    return createTransport({ origins, fetch, clock, pacer: new Pacer(clock), userAgent: this.#parts.userAgent, log: this.#parts.log });
  }

  #drop(id: string): void {
    this.#clients.delete(id);
    this.#tokens.delete(id);
    this.#secrets.delete(id);
  }

  #connect(account: Account): HubClient {
    const { accounts, askCode, log } = this.#parts;
    const { clock } = this;
    const transport = this.transport(account.origins);
    const session = new Session({
      account,
      transport,
      clock,
      token: this.#tokens.get(accountId(account)),
      secrets: {
        read: async () => {
          const stored = await accounts.get(account);
          if (stored) this.#secrets.set(accountId(account), stored.secret);
          return stored;
        },
        keepToken: async (token) => {
          const stored = await accounts.get(account);
          if (stored) await accounts.put({ ...stored, token });
        },
        askCode: (previous) => askCode(account, previous),
      },
    });
    return new HubClient({ account, session, clock, clockSkew: () => transport.clockSkew, log });
  }
}
