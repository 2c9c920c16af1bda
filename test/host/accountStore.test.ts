import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { AccountStore } from '../../src/editor/accounts/accountStore.ts';
import type { Account } from '../../src/hub/wire/account.ts';
import { until } from './until.ts';

const hub = 'https://hub.docker.com';
const account: Account = { name: 'ada', kind: 'user', origins: { api: hub, registry: hub, token: hub } };

/** A secret storage in memory, of which keys can be made to fail. */
function secretStorage() {
  const stored = new Map<string, string>();
  const broken: { prefix?: string } = {};
  const changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  const check = (key: string) => {
    if (broken.prefix !== undefined && key.startsWith(broken.prefix)) throw new Error('the keyring is locked');
  };
  const secrets: vscode.SecretStorage = {
    keys: async () => [...stored.keys()],
    get: async (key) => (check(key), stored.get(key)),
    store: async (key, value) => {
      check(key);
      stored.set(key, value);
      changed.fire({ key });
    },
    delete: async (key) => {
      check(key);
      stored.delete(key);
      changed.fire({ key });
    },
    onDidChange: changed.event,
  };
  return { secrets, broken, stored, change: (key: string) => changed.fire({ key }) };
}

describe('D7: accounts in a secret storage that fails', () => {
  it('have their secret where only the token cannot be read', async () => {
    const { secrets, broken } = secretStorage();
    using store = disposable(new AccountStore(secrets));
    await store.put({ account, secret: 'secret', token: 'token' });
    assert.deepEqual(await store.get(account), { account, secret: 'secret', token: 'token' });
    broken.prefix = 'token:';
    assert.deepEqual(await store.get(account), { account, secret: 'secret' });
  });

  it('are not taken for signed out where the secret cannot be read, and nobody is told that they are', async () => {
    const { secrets, broken, change } = secretStorage();
    using store = disposable(new AccountStore(secrets));
    const told: unknown[] = [];
    store.onDidChange(({ stored }) => told.push(stored?.secret));
    await store.put({ account, secret: 'secret' });
    await until('news', () => told.length === 1);
    broken.prefix = 'account:';
    change('account:ada@https://hub.docker.com');
    await assert.rejects(store.get(account), /the keyring is locked/);
    assert.deepEqual(await store.list(), []);
    broken.prefix = undefined;
    assert.deepEqual(await store.list(), [account]);
    change('account:ada@https://hub.docker.com');
    await until('news again', () => told.length === 2);
    assert.deepEqual(told, ['secret', 'secret'], 'nothing was told while it could not be read');
  });

  it('are kept where their token cannot be, and not where their secret cannot be', async () => {
    const { secrets, broken, stored } = secretStorage();
    using store = disposable(new AccountStore(secrets));
    broken.prefix = 'token:';
    await store.put({ account, secret: 'secret', token: 'token' });
    assert.deepEqual([...stored.keys()], ['account:ada@https://hub.docker.com']);
    broken.prefix = 'account:';
    await assert.rejects(store.put({ account, secret: 'other' }), /the keyring is locked/);
  });
});

function disposable(store: AccountStore): AccountStore & Disposable {
  return Object.assign(store, { [Symbol.dispose]: () => store.dispose() });
}
