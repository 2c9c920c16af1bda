import assert from 'node:assert/strict';
import { ReferenceIndex } from '../../../src/host/referenceIndex.ts';
import { readReferences } from '../../../src/references/readReferences.ts';
import { packImages } from '../../../src/retention/tagImages.ts';

const [web, api] = [{ namespace: 'acme', name: 'web' }, { namespace: 'acme', name: 'api' }];
const digest = `sha256:${'ab'.repeat(32)}`;

function filled(files: Readonly<Record<string, string>>): ReferenceIndex {
  const index = new ReferenceIndex();
  for (const [path, text] of Object.entries(files)) put(index, path, text);
  return index;
}

function put(index: ReferenceIndex, path: string, text: string): string[] {
  return [...index.replace({ id: path, label: path, hasLines: true }, readReferences({ path, text }))].sort();
}

describe('the index of references', () => {
  it("keeps production's image (island.is#10926): by name, by digest, by a platform's digest, in each spelling", () => {
    const index = filled({
      'deploy/web.yaml': `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: docker.io/Acme/Web:v1.2\n  - image: acme/web@${digest}\n`,
      'Dockerfile': 'FROM acme/api:3\nFROM acme/web:v1.2\n',
    });
    assert.deepEqual([...index.usesOf(web).tags], [['v1.2', 'Dockerfile:2']]);
    assert.deepEqual([...index.usesOf(web).digests], [[digest, 'deploy/web.yaml:6']]);
    assert.deepEqual([...index.usesOf(api).tags], [['3', 'Dockerfile:1']]);
    const placesOf = (tag: Parameters<ReferenceIndex['placesOf']>[1]) => index.placesOf(web, tag).map(({ text, column }) => `${text}:${column}`);
    assert.deepEqual(placesOf({ name: 'v1.2' }), ['Dockerfile:2:6', 'deploy/web.yaml:5:12']);
    assert.deepEqual(placesOf({ name: 'other', digest }), ['deploy/web.yaml:6:12']);
    assert.deepEqual(placesOf({ name: 'other', images: packImages([{ digest: `sha256:${'0123'.repeat(16)}` }, { digest }]) }), ['deploy/web.yaml:6:12']);
    assert.deepEqual(placesOf({ name: 'V1.2', digest: `sha256:${'cd'.repeat(32)}` }), []);
  });

  it('takes up what changes in a file, and says which repositories that is about', () => {
    const index = filled({ 'a/Dockerfile': 'FROM acme/web:1', 'b/Dockerfile': 'FROM acme/web:1' });
    assert.deepEqual([...index.usesOf(web).tags], [['1', 'a/Dockerfile:1']]);
    assert.deepEqual(put(index, 'a/Dockerfile', '\nFROM acme/api:2\n'), ['acme/api', 'acme/web']);
    assert.deepEqual([...index.usesOf(web).tags], [['1', 'b/Dockerfile:1']]);
    assert.deepEqual([...index.usesOf(api).tags], [['2', 'a/Dockerfile:2']]);
    assert.deepEqual([...index.remove('b/Dockerfile')], ['acme/web']);
    assert.deepEqual([...index.usesOf(web).tags], []);
    assert.deepEqual([...index.remove('b/Dockerfile')], []);
    assert.deepEqual(put(index, 'c/Dockerfile', 'RUN x'), []);
  });

  it('tells what may be about a repository, what is for certain first', () => {
    const index = filled({
      'b.yaml': 'apiVersion: v1\nkind: Pod\na: {image: "$X"}\nb: {image: "acme/api:$X"}\n',
      'c.yaml': 'apiVersion: v1\nkind: Pod\na: {image: "acme/web:$X"}\nb: {image: "ghcr.io/acme/web:$X"}\nc: {image: "acme/$X:1"}\nd: [\n',
    });
    const told = (...repositories: (typeof web)[]) => index.doubtsAbout(repositories).map(({ place, doubt, repository }) => `${place.text} ${doubt.kind}${repository ? ` ${repository.name}` : ''}`);
    assert.deepEqual(told(web), ['c.yaml:3 unresolved web', 'b.yaml:3 unresolved', 'c.yaml:5 unresolved', 'c.yaml:7 unreadable']);
    assert.deepEqual(told(api, web), ['b.yaml:4 unresolved api', 'c.yaml:3 unresolved web', 'b.yaml:3 unresolved', 'c.yaml:5 unresolved', 'c.yaml:7 unreadable']);
    assert.deepEqual(told(), ['c.yaml:7 unreadable']);
    index.remove('c.yaml');
    assert.deepEqual(told(web), ['b.yaml:3 unresolved']);
  });
});
