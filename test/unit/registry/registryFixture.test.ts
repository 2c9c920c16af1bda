import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import Mocha, { Runner, Suite, Test } from 'mocha';
import { cacheFolder } from '../../../scripts/projectPaths.ts';
import type { Hub } from '../../hub/hub.ts';
import { startHub } from '../../hub/hub.ts';
import { World } from '../../hub/world.ts';
import { askRegistry } from '../../registry/askRegistry.ts';
import { registryUnavailable, startRegistryWithHub } from '../../registry/registryFixture.ts';
import { skipWithoutRegistry } from '../../registry/skipWithoutRegistry.ts';
import { withEnvironment } from './withEnvironment.ts';

const ownFolders = async (): Promise<string[]> =>
  (await readdir(join(cacheFolder, 'runs'))).filter((name) => name.startsWith(`registry-${process.pid}-`));

describe('the registry fixture', () => {
  let hub: Hub;

  before(skipWithoutRegistry);
  beforeEach(async () => {
    hub = await startHub({ world: new World() });
  });
  afterEach(() => hub.close());

  it('ends the registry, removes its files, and leaves a Hub that it was given', async () => {
    const before = await ownFolders();
    const fixture = await startRegistryWithHub({ hub });
    const { registryOrigin } = fixture;
    assert.equal((await ownFolders()).length, before.length + 1);
    assert.equal((await askRegistry('GET', `${registryOrigin}/v2/`)).status, 401);
    await fixture.close();
    await assert.rejects(askRegistry('GET', `${registryOrigin}/v2/`), { code: 'ECONNREFUSED' });
    assert.deepEqual([await ownFolders(), hub.registry], [before, undefined]);
    assert.equal((await fetch(`${hub.origin}/token`)).status, 404);
  });

  it('ends a Hub of its own', async () => {
    const fixture = await startRegistryWithHub({ world: new World() });
    const { hub: own } = fixture;
    assert.equal((await askRegistry('GET', `${own.origin}/token`)).status, 200);
    await fixture.close();
    await assert.rejects(askRegistry('GET', `${own.origin}/token`), { code: 'ECONNREFUSED' });
  });
});

describe('the registry fixture without a registry', () => {
  let hub: Hub;

  beforeEach(async () => {
    hub = await startHub({ world: new World() });
  });
  afterEach(() => hub.close());

  it('leaves nothing behind when the registry does not start', async () => {
    const before = await ownFolders();
    await withEnvironment({ PRUNER_TEST_REGISTRY: process.execPath }, () =>
      // Node takes the configuration for a script, and ends with an error.
      assert.rejects(startRegistryWithHub({ hub }), /^Error: The registry ended with 1/),
    );
    assert.deepEqual([await ownFolders(), hub.registry], [before, undefined]);
  });

  it('says why', async () => {
    await withEnvironment({ PRUNER_TEST_REGISTRY: '/nowhere/registry' }, async () => {
      const reason = 'PRUNER_TEST_REGISTRY names /nowhere/registry, which is no program.';
      assert.equal(await registryUnavailable(), reason);
      await assert.rejects(startRegistryWithHub({ hub }), { message: reason });
    });
  });

  it('leaves the tests of a suite out, with one more that says why', async () => {
    const { suite: root } = new Mocha();
    const suite = Suite.create(root, 'a suite');
    suite.beforeAll(skipWithoutRegistry);
    suite.addTest(new Test('needs a registry', () => assert.fail('was run')));
    const pending: string[] = [];
    const failures: unknown[] = [];
    await withEnvironment({ PRUNER_TEST_REGISTRY: '/nowhere/registry' }, async () => {
      const runner = new Runner(root, {});
      runner.on('pending', (test) => pending.push(test.title));
      runner.on('fail', (_, error) => failures.push(error));
      await new Promise((resolve) => runner.run(resolve));
    });
    assert.deepEqual(failures, []);
    assert.deepEqual(pending, [
      'needs a registry',
      'is not tested against a real registry: PRUNER_TEST_REGISTRY names /nowhere/registry, which is no program.',
    ]);
  });
});
