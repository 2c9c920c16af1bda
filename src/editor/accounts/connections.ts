import { accountId, type Account } from '../../hub/wire/account.ts';
import { HubClient } from '../../hub/client.ts';
import { systemClock, type Clock } from '../../async/clock.ts';
import { createExchange } from '../../hub/wire/exchange.ts';
import type { HubError } from '../../hub/wire/hubError.ts';
import { sameOrigins, type Origins } from '../../hub/wire/origins.ts';
import { Pacer } from '../../hub/pacing/pacer.ts';
import { RegistryClient } from '../../hub/registryClient.ts';
import { RegistrySession } from '../../hub/registrySession.ts';
import { Session } from '../../hub/signIn/session.ts';
import type { TagListing } from '../../hub/listing/tagListing.ts';
import { createTransport, type Transport } from '../../hub/wire/transport.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { AccountStore } from './accountStore.ts';

/** What connections are made of. */
export interface ConnectionParts {
  readonly accounts: AccountStore;
  /** Asks for a one-time code while requests wait. */
  readonly askCode: (account: Account, previous?: HubError) => Promise<string | undefined>;
  readonly userAgent: string;
  readonly log: (line: string) => void;
  readonly clock?: Clock;
  /** Called whenever other lists are in memory than before (see `knownListings`). */
  readonly onListingsChange?: () => void;
}

interface Connection {
  readonly origins: Origins;
  readonly client: HubClient;
  readonly registry: RegistryClient;
  /** Sends nothing more. */
  close(): void;
}

/** One client for each account, with its own session and pace; made when first needed. */
export class Connections {
  readonly clock: Clock;
  readonly #parts: ConnectionParts;
  readonly #connections = new Map<string, Connection>();
  readonly #tokens = new Map<string, string>();
  /** The secret that connection and token of an account are for. */
  readonly #secrets = new Map<string, string>();
  /** The allowance is the account's, and outlives its clients until it is signed out (invariant 7). */
  readonly #pacers = new Map<string, Pacer>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.clock = parts.clock ?? systemClock;
    // Another window may have signed in with another secret, or out. With another secret, a run under way keeps the client that it has.
    parts.accounts.onDidChange(({ id, stored }) => {
      if (!stored) this.#close(id);
      else if (this.#secrets.has(id) && this.#secrets.get(id) !== stored.secret) this.#drop(id);
    });
  }

  /** The client of an account. */
  client(account: Account): HubClient {
    return this.#connection(account).client;
  }

  /** The registry of an account, with a pace of its own: its pulls are counted apart from the Hub API's requests (API-NOTES, 8). */
  registry(account: Account): RegistryClient {
    return this.#connection(account).registry;
  }

  /** Forgets the lists that an account's client has read (see `KnownListings`): those of a repository, of a namespace, or all; by default those of every account. */
  forgetListings(account?: Account, of: Partial<RepositoryName> = {}): void {
    const connections = account ? [this.#connections.get(accountId(account))] : this.#connections.values();
    for (const connection of connections) connection?.client.known.forget({ namespace: of.namespace, name: of.name });
  }

  /** The lists that the clients of these accounts hold (see `KnownListings`); no client is made for it, and nothing is asked. */
  knownListings(accounts: readonly Account[]): readonly TagListing[] {
    return accounts.flatMap((account) => {
      const held = this.#connections.get(accountId(account));
      return held && sameOrigins(held.origins, account.origins) ? held.client.known.list(held.client.now()) : [];
    });
  }

  /** Makes the account's next client start from the token of a sign-in just made, so that it need not sign in once more. */
  adopt(account: Account, secret: string, token: string): void {
    const id = accountId(account);
    this.#drop(id);
    this.#tokens.set(id, token);
    this.#secrets.set(id, secret);
  }

  /** Ends an account's connection, also for a run that is under way: the account was signed out. */
  close(account: Account): void {
    this.#close(accountId(account));
  }

  /** A transport without an account, for signing in. */
  transport(origins: Origins, pacer: Pacer = new Pacer(this.clock)): Transport {
    return createTransport({ ...this.#wire(pacer), origins });
  }

  #wire(pacer: Pacer) {
    const { userAgent, log } = this.#parts;
    // Looked up at each call: VS Code may patch it after this extension was loaded.
    const fetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);
    return { fetch, clock: this.clock, pacer, userAgent, log };
  }

  #connection(account: Account): Connection {
    const id = accountId(account);
    const held = this.#connections.get(id);
    // Signed in anew at the same API, but with another registry.
    const connection = held && sameOrigins(held.origins, account.origins) ? held : this.#connect(account);
    this.#connections.set(id, connection);
    return connection;
  }

  #close(id: string): void {
    this.#connections.get(id)?.close();
    this.#drop(id);
    this.#pacers.delete(id);
  }

  #drop(id: string): void {
    if (this.#connections.delete(id)) this.#parts.onListingsChange?.();
    this.#tokens.delete(id);
    this.#secrets.delete(id);
  }

  #connect(account: Account): Connection {
    const { accounts, askCode, log, onListingsChange } = this.#parts;
    const { clock } = this;
    const id = accountId(account);
    const pacer = this.#pacers.get(id) ?? new Pacer(clock);
    this.#pacers.set(id, pacer);
    const { origins } = account;
    // What was entered for other servers by now goes to none of these (invariant 9).
    const readSecret = async () => {
      const stored = await accounts.get(account);
      return stored && sameOrigins(stored.account.origins, origins) ? stored : undefined;
    };
    const transport = this.transport(origins, pacer);
    const session = new Session({
      account,
      transport,
      clock,
      token: this.#tokens.get(id),
      secrets: {
        read: async () => {
          const stored = await readSecret();
          if (stored) this.#secrets.set(id, stored.secret);
          return stored;
        },
        keepToken: (token) => accounts.keepToken(account, token),
        askCode: (previous) => askCode(account, previous),
      },
    });
    const pulls = new Pacer(clock);
    const registrySession = new RegistrySession({
      account,
      readSecret,
      exchange: (origin) => createExchange({ ...this.#wire(pulls), origin }),
      clock,
    });
    return {
      origins,
      client: new HubClient({
        account,
        session,
        clock,
        clockSkew: () => transport.clockSkew,
        pacer,
        log,
        onKnownChange: onListingsChange,
      }),
      registry: new RegistryClient({ session: registrySession, clock }),
      close: () => {
        session.close();
        registrySession.close();
      },
    };
  }
}
