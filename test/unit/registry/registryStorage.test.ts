import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemporaryFolder } from '../../../scripts/temporaryFolder.ts';
import { temporaryFolder } from '../../../scripts/temporaryFolder.ts';
import { RegistryStorage } from '../../registry/registryStorage.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe("a registry's files", () => {
  let scratch: TemporaryFolder;
  let storage: RegistryStorage;
  const path = (...parts: string[]): string => join(scratch.path, 'docker', 'registry', 'v2', 'repositories', ...parts);

  beforeEach(async () => {
    scratch = await temporaryFolder('storage');
    storage = new RegistryStorage(scratch.path);
    await mkdir(path('ann', 'app', '_manifests', 'tags', 'v1', 'current'), { recursive: true });
    await writeFile(path('ann', 'app', '_manifests', 'tags', 'v1', 'current', 'link'), digest);
    // As an upload that was cut off leaves it.
    await mkdir(path('ann', 'app', '_manifests', 'tags', 'half'));
  });
  afterEach(() => scratch[Symbol.asyncDispose]());

  it('tell the tags of a repository, and none of one that is not there', () => {
    assert.deepEqual(
      [...storage.tags('ann/app')].map(([tag, { digest: of }]) => [tag, of]),
      [['v1', digest]],
    );
    assert.equal(storage.tags('ann/none').size, 0);
  });

  for (const name of ['..', '../v1', '.', '', '../../../../../..', 'v1/../../..']) {
    it(`lose nothing for a tag named ${JSON.stringify(name)}`, () => {
      storage.removeTag('ann/app', name);
      assert.ok(existsSync(path('ann', 'app', '_manifests', 'tags', 'v1', 'current', 'link')));
    });
  }

  for (const name of ['ann', 'ann/..', '../ann', 'ann/app/../..', 'ann/./app', '', '/']) {
    it(`lose nothing for a repository named ${JSON.stringify(name)}`, () => {
      storage.removeRepository(name);
      storage.removeTag(name, 'v1');
      assert.equal(storage.tags('ann/app').size, 1);
      assert.equal(storage.tags(name).size, 0);
    });
  }

  for (const name of ['sha256:../../../etc/passwd', 'sha256:aa', digest.toUpperCase()]) {
    it(`give no bytes for the digest ${name.slice(0, 30)}`, () =>
      assert.throws(() => storage.blob(name), /is no digest$/));
  }
});
