import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { AccountChange, AccountStore } from '../../../../src/editor/accounts/accountStore.ts';
import type { StoredAccount } from '../../../../src/editor/accounts/storedAccount.ts';
import { Connections } from '../../../../src/editor/accounts/connections.ts';
import { accountId, type Account } from '../../../../src/hub/wire/account.ts';
import { isHubError } from '../../../../src/hub/wire/hubError.ts';
import { FakeClock, noon } from '../../fakeClock.ts';
import { empty, json, jwt, rejection, scriptedFetch, type Script } from '../../scriptedFetch.ts';

const api = 'https://hub.test';
const repository = { namespace: 'ada', name: 'web' };
const admission = { lane: 'background' } as const;
const digest = `sha256:${'1'.repeat(64)}`;

/** `ada` at one Hub API and the registry given. */
const adaAt = (registry: string): Account => ({
  name: 'ada',
  kind: 'user',
  origins: { api, registry, token: registry },
});

/** Accounts as SecretStorage keeps them. */
class StoredAccounts {
  readonly #stored = new Map<string, StoredAccount>();
  readonly #listeners: ((change: AccountChange) => void)[] = [];

  readonly onDidChange = (listener: (change: AccountChange) => void) => {
    this.#listeners.push(listener);
    return { dispose: () => undefined };
  };

  async get(account: Account): Promise<StoredAccount | undefined> {
    return this.#stored.get(accountId(account));
  }

  async keepToken(): Promise<void> {}

  change(account: Account, secret: string | undefined): void {
    const id = accountId(account);
    if (secret === undefined) this.#stored.delete(id);
    else this.#stored.set(id, { account, secret });
    for (const listener of this.#listeners) listener({ id, stored: this.#stored.get(id) });
  }
}

describe('Connections', () => {
  afterEach(() => sinon.restore());

  /** Registries that want a token from their own token service. */
  const registries: Script = ({ origin, path, headers }) => {
    if (path.startsWith('/token')) return json({ token: 'good', expires_in: 3600 });
    if (headers['authorization'] !== 'Bearer good') {
      return empty(401, { 'www-authenticate': `Bearer realm="${origin}/token"` });
    }
    return empty(200, { 'docker-content-digest': digest });
  };

  function setUp() {
    const { fetch, sent } = scriptedFetch(registries);
    sinon.replace(globalThis, 'fetch', fetch);
    const stored = new StoredAccounts();
    let changes = 0;
    const connections = new Connections({
      accounts: stored as unknown as AccountStore,
      askCode: async () => undefined,
      userAgent: 'test',
      log: () => undefined,
      clock: new FakeClock({ hurries: true }),
      onListingsChange: () => void changes++,
    });
    return { stored, connections, sent, changes: () => changes };
  }

  it('sends a secret to no registry but the one that it was entered for, also where the same account was signed in anew (invariant 9)', async () => {
    const { stored, connections, sent } = setUp();
    const [first, second] = [adaAt('https://one.test'), adaAt('https://two.test')];
    stored.change(first, 'same secret');
    const before = connections.registry(first);
    // In another window, which tells of it only that the account has changed.
    stored.change(second, 'same secret');
    assert.equal(await connections.registry(second).digestOf(repository, 'v1', admission), digest);
    assert.deepEqual([...new Set(sent.map(({ origin }) => origin))], ['https://two.test']);
    assert.ok(isHubError(await rejection(before.digestOf(repository, 'v1', admission)), 'signedOut'));
    assert.deepEqual(
      sent.filter(({ origin, headers }) => origin === 'https://one.test' && 'authorization' in headers),
      [],
    );
  });

  it('sends nothing more for an account that another window has signed out', async () => {
    const { stored, connections, sent } = setUp();
    const ada = adaAt('https://one.test');
    stored.change(ada, 'secret');
    const registry = connections.registry(ada);
    await registry.digestOf(repository, 'v1', admission);
    stored.change(ada, undefined);
    const { length } = sent;
    assert.ok(isHubError(await rejection(registry.digestOf(repository, 'v1', admission)), 'signedOut'));
    assert.equal(sent.length, length);
  });

  describe('lists that were read', () => {
    const listing = { repository, tags: [], asOf: noon, inDateOrder: true, isSettled: true };
    const bob: Account = { ...adaAt('https://one.test'), name: 'bob' };

    function setUpKnown() {
      const { stored, connections, changes } = setUp();
      const ada = adaAt('https://one.test');
      for (const account of [ada, bob]) {
        stored.change(account, 'secret');
        connections.adopt(account, 'secret', jwt(undefined));
        connections.client(account).known.keep(listing);
      }
      return {
        stored,
        connections,
        changes,
        ada,
        known: (account: Account) => connections.client(account).known.get(repository, noon) !== undefined,
      };
    }

    it("are one account's, and are gone with its secret", () => {
      const { stored, connections, ada, known } = setUpKnown();
      assert.deepEqual([known(ada), known(bob)], [true, true]);
      stored.change(ada, 'another');
      assert.deepEqual([known(ada), known(bob)], [false, true]);
      connections.close(bob);
      assert.equal(known(bob), false);
    });

    it('are told of the accounts that are named, without a request, and whenever they are others', () => {
      const { stored, connections, changes, ada } = setUpKnown();
      assert.deepEqual(
        [[ada], [ada, bob], []].map((accounts) => connections.knownListings(accounts).length),
        [1, 2, 0],
      );
      assert.deepEqual(connections.knownListings([adaAt('https://two.test')]), []);
      const before = changes();
      stored.change(ada, 'another');
      assert.ok(changes() > before);
      assert.deepEqual(connections.knownListings([ada]), []);
    });

    it('are gone where the servers are others', () => {
      const { known } = setUpKnown();
      assert.equal(known(adaAt('https://two.test')), false);
    });

    it('are forgotten where they are asked to be', () => {
      const { connections, ada, known } = setUpKnown();
      connections.forgetListings(ada, { namespace: 'other' });
      assert.equal(known(ada), true);
      connections.forgetListings(ada, repository);
      assert.deepEqual([known(ada), known(bob)], [false, true]);
      connections.forgetListings();
      assert.equal(known(bob), false);
    });
  });
});
