import assert from 'node:assert/strict';
import { RepositoryLocks } from '../../../src/pruning/repositoryLocks.ts';

const origin = 'https://hub.docker.com';
const [api, web] = ['api', 'web'].map((name) => ({ namespace: 'team', name })) as [{ namespace: string; name: string }, { namespace: string; name: string }];

function take(locks: RepositoryLocks, ...repositories: { namespace: string; name: string }[]): () => void {
  const taken = locks.take(origin, repositories);
  assert.ok(typeof taken === 'function', 'taken already');
  return taken;
}

describe('RepositoryLocks', () => {
  it('gives a repository to one at a time', () => {
    const locks = new RepositoryLocks();
    const giveBack = take(locks, api);
    assert.deepEqual(locks.take(origin, [{ ...api }]), [api]);
    giveBack();
    take(locks, api);
  });

  it('takes all or none, and names those that are taken', () => {
    const locks = new RepositoryLocks();
    take(locks, api);
    assert.deepEqual(locks.take(origin, [web, api]), [api]);
    take(locks, web);
  });

  it('tells servers, namespaces and names apart', () => {
    const locks = new RepositoryLocks();
    take(locks, api);
    assert.equal(typeof locks.take('https://hub.test', [api]), 'function');
    assert.equal(typeof locks.take(origin, [{ namespace: 'other', name: 'api' }]), 'function');
  });

  it('gives back once: a second call does not free what another took since', () => {
    const locks = new RepositoryLocks();
    const giveBack = take(locks, api);
    giveBack();
    take(locks, api);
    giveBack();
    assert.deepEqual(locks.take(origin, [api]), [api]);
  });
});
