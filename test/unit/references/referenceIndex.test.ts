import assert from 'node:assert/strict';
import { ReferenceIndex } from '../../../src/references/referenceIndex.ts';
import { readReferences } from '../../../src/references/reader/readReferences.ts';
import { inSlices } from '../../../src/async/inSlices.ts';
import { atOnce, type Sliced } from '../../../src/async/sliced.ts';
import { packImages } from '../../../src/retention/tags/tagImages.ts';
import { indexWithDoubts, indexWithLoneTags, manyRepositories, patternsOfDoubts } from '../../longTasks/doubts.ts';
import { naiveMeaning } from './naiveMeaning.ts';

const [web, api] = [
  { namespace: 'acme', name: 'web' },
  { namespace: 'acme', name: 'api' },
];
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
      Dockerfile: 'FROM acme/api:3\nFROM acme/web:v1.2\n',
    });
    assert.deepEqual([...index.usesOf(web).tags], [['v1.2', 'Dockerfile:2']]);
    assert.deepEqual([...index.usesOf(web).digests], [[digest, 'deploy/web.yaml:6']]);
    assert.deepEqual([...index.usesOf(api).tags], [['3', 'Dockerfile:1']]);
    const placesOf = (tag: Parameters<ReferenceIndex['placesOf']>[1]) =>
      index.placesOf(web, tag).map(({ text, column }) => `${text}:${column}`);
    assert.deepEqual(placesOf({ name: 'v1.2' }), ['Dockerfile:2:6', 'deploy/web.yaml:5:12']);
    assert.deepEqual(placesOf({ name: 'other', digest }), ['deploy/web.yaml:6:12']);
    assert.deepEqual(
      placesOf({ name: 'other', images: packImages([{ digest: `sha256:${'0123'.repeat(16)}` }, { digest }]) }),
      ['deploy/web.yaml:6:12'],
    );
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
      'c.yaml':
        'apiVersion: v1\nkind: Pod\na: {image: "acme/web:$X"}\nb: {image: "ghcr.io/acme/web:$X"}\nc: {image: "acme/$X:1"}\nd: [\n',
    });
    const told = (...repositories: (typeof web)[]) =>
      atOnce(index.doubtsAbout(repositories)).map(
        ({ place, doubt, repository }) => `${place.text} ${doubt.kind}${repository ? ` ${repository.name}` : ''}`,
      );
    assert.deepEqual(told(web), [
      'c.yaml:3 unresolved web',
      'b.yaml:3 unresolved',
      'c.yaml:5 unresolved',
      'c.yaml:7 unreadable',
    ]);
    assert.deepEqual(told(api, web), [
      'b.yaml:4 unresolved api',
      'c.yaml:3 unresolved web',
      'b.yaml:3 unresolved',
      'c.yaml:5 unresolved',
      'c.yaml:7 unreadable',
    ]);
    assert.deepEqual(told(), ['c.yaml:7 unreadable']);
    index.remove('c.yaml');
    assert.deepEqual(told(web), ['b.yaml:3 unresolved']);
  });

  for (const [kind, patternOf] of Object.entries(patternsOfDoubts)) {
    it(`G1: judges 10,000 doubts about 5,000 repositories in small steps (patterns: ${kind})`, () => {
      const [index, repositories] = [indexWithDoubts(10_000, patternOf), manyRepositories(5000)];
      const { result, longest, all } = steps(index.doubtsAbout(repositories));
      // What a slow machine takes, without what others on it take; `npm run longtasks` says what it is here.
      assert.ok(longest < 42 && all < 1000, `${longest} ms a step, ${all} ms in all`);
      assert.equal(result.length, { named: 8000, different: 0, nearly: 0, endings: 5000, equal: 10_000 }[kind]);
    });
  }

  it('G1: says of each doubt what a comparison with each repository says', () => {
    for (const patternOf of Object.values(patternsOfDoubts)) {
      const [index, repositories] = [indexWithDoubts(300, patternOf), manyRepositories(100)];
      const expected = Array.from({ length: 300 }, (_, at) => naiveMeaning(patternOf(at), repositories))
        .filter((meaning) => meaning !== 'none')
        .sort();
      const told = atOnce(index.doubtsAbout(repositories)).map(({ repository }) =>
        repository ? `${repository.namespace}/${repository.name}` : 'possible',
      );
      assert.deepEqual(told.sort(), expected);
    }
  });

  it('G1: can be cancelled between two steps', async () => {
    const controller = new AbortController();
    const judging = inSlices(
      indexWithDoubts(10_000, patternsOfDoubts.nearly).doubtsAbout(manyRepositories(5000)),
      controller.signal,
    );
    controller.abort(new Error('enough'));
    await assert.rejects(judging, /^Error: enough$/);
  });

  it('takes a file that names thousands of repositories thousands of times, and gives the uses of each', () => {
    const index = new ReferenceIndex();
    const references = Array.from({ length: 10_000 }, (_, at) => ({
      image: { registry: 'docker.io', namespace: 'acme', name: `service-${at % 5000}`, tag: `${at}` },
      line: at + 1,
      column: 1,
    }));
    index.replace({ id: 'a', label: 'a', hasLines: true }, { references, doubts: [] });
    const before = process.threadCpuUsage();
    const uses = manyRepositories(5000).map((repository) => index.usesOf(repository));
    const { user } = process.threadCpuUsage(before);
    assert.ok(user < 1_000_000, `${user / 1000} ms`);
    assert.ok(uses.every(({ tags }) => tags.size === 2));
  });

  for (const perFolder of [1, 20, 5000]) {
    it(`combines 5,000 lone tags with 5,000 repositories without comparing each with each (${perFolder} in a folder)`, () => {
      const before = process.threadCpuUsage();
      const index = indexWithLoneTags(5000, perFolder);
      const uses = manyRepositories(5000).map((repository) => index.usesOf(repository).tags.size);
      const { result, longest } = steps(index.doubtsAbout([]));
      const { user } = process.threadCpuUsage(before);
      assert.ok(user < 3_000_000 && longest < 42, `${user / 1000} ms, ${longest} ms a step`);
      assert.ok(uses.every((size) => size === (perFolder > 20 ? 0 : perFolder)));
      assert.equal(result.length, perFolder > 20 ? 5000 : 0);
    });
  }
});

/** Does sliced work, and says how much of the processor's time (ms) the longest step and all of them took. */
function steps<T>(work: Sliced<T>): { readonly result: T; readonly longest: number; readonly all: number } {
  let [longest, all] = [0, 0];
  for (;;) {
    const before = process.threadCpuUsage();
    const step = work.next();
    const { user, system } = process.threadCpuUsage(before);
    const took = (user + system) / 1000;
    longest = Math.max(longest, took);
    all += took;
    if (step.done) return { result: step.value, longest, all };
  }
}
