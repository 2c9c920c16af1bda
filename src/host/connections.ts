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

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.clock = parts.clock ?? systemClock;
  }

  /** The client of an account. */
  client(account: Account): HubClient {
    const id = accountId(account);
    const client = this.#clients.get(id) ?? this.#connect(account);
    this.#clients.set(id, client);
    return client;
  }

  /** Lets go of an account's client, so that the next one starts from what is stored then. */
  forget(account: Account): void {
    this.#clients.delete(accountId(account));
  }

  /** A transport without an account, for signing in. */
  transport(origins: Origins): Transport {
    const { clock } = this;
    // Looked up at each call: VS Code may patch it after this extension was loaded.
    const fetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);
    return createTransport({ origins, fetch, clock, pacer: new Pacer(clock), userAgent: this.#parts.userAgent, log: this.#parts.log });
  }

  #connect(account: Account): HubClient {
    const { accounts, askCode, log } = this.#parts;
    const { clock } = this;
    const transport = this.transport(account.origins);
    const session = new Session({
      account,
      transport,
      clock,
      secrets: {
        read: () => accounts.get(account),
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
