import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReferenceIndex } from '../../../src/references/referenceIndex.ts';
import type { LoneTag, ValuesRepository } from '../../../src/references/images/foundReferences.ts';
import { atOnce } from '../../../src/async/sliced.ts';

interface File {
  /** Tags by their keys, a line each. */
  readonly tags?: readonly (readonly [keys: string, tag: string])[];
  /** Names of repositories of `acme` by their keys. */
  readonly repositories?: readonly (readonly [keys: string, name: string])[];
}

const digest = `sha256:${'ab'.repeat(32)}`;

function put(index: ReferenceIndex, path: string, { tags = [], repositories = [] }: File): string[] {
  const loneTags = tags.map(([keys, tag], line): LoneTag => ({
    keys,
    ...(tag.startsWith('sha256:') ? { digest: tag } : { tag }),
    text: `tag: ${tag}`,
    line: line + 1,
    column: 3,
  }));
  const found = {
    references: [],
    doubts: [],
    loneTags,
    repositories: repositories.map(([keys, name]): ValuesRepository => ({ keys, namespace: 'acme', name })),
  };
  return [...index.replace({ id: path, label: path, hasLines: true }, found)].sort();
}

function filled(files: Readonly<Record<string, File>>): ReferenceIndex {
  const index = new ReferenceIndex();
  for (const [path, file] of Object.entries(files)) put(index, path, file);
  return index;
}

function usesOf(index: ReferenceIndex, name: string): string[] {
  const { tags, digests } = index.usesOf({ namespace: 'acme', name });
  return [...tags, ...digests].map(([tag, place]) => `${tag} ${place}`).sort();
}

function doubtsOf(index: ReferenceIndex): string[] {
  return atOnce(index.doubtsAbout([{ namespace: 'acme', name: 'web' }])).map(
    ({ doubt, place }) => `${doubt.text} ${place.text} ${doubt.kind} ${doubt.pattern ?? '-'}`,
  );
}

describe('a tag whose repository stands in another file', () => {
  it("E1: is used of the repository that the chart's values name at the same keys, at its own line", () => {
    const index = filled({
      'chart/values.yaml': {
        repositories: [
          ['image', 'web'],
          ['worker.image', 'worker'],
        ],
      },
      'chart/values-prod.yaml': {
        tags: [
          ['image', '1.8.2'],
          ['worker.image', digest],
        ],
      },
    });
    assert.deepEqual(usesOf(index, 'web'), ['1.8.2 chart/values-prod.yaml:1']);
    assert.deepEqual(usesOf(index, 'worker'), [`${digest} chart/values-prod.yaml:2`]);
    assert.deepEqual(doubtsOf(index), []);
    const places = index.placesOf({ namespace: 'acme', name: 'web' }, { name: '1.8.2' });
    assert.deepEqual(
      places.map(({ source, line, column }) => [source, line, column]),
      [['chart/values-prod.yaml', 1, 3]],
    );
    assert.deepEqual(
      index.mentionsOf({ namespace: 'Acme', name: 'Web' }).map(({ tag, place }) => [tag, place.text]),
      [['1.8.2', 'chart/values-prod.yaml:1']],
    );
  });

  it('E1: is a doubt about every repository where no file names one at these keys', () => {
    const index = filled({
      'chart/values.yaml': {
        repositories: [
          ['worker.image', 'web'],
          ['', 'web'],
          ['image.image', 'web'],
        ],
      },
      'prod.yaml': { tags: [['image', '1.8.2']] },
    });
    assert.deepEqual(usesOf(index, 'web'), []);
    assert.deepEqual(doubtsOf(index), ['tag: 1.8.2 prod.yaml:1 unresolved -']);
  });

  it('E1: takes the files that share the longest folder with it, however deep they lie', () => {
    const index = filled({
      'values.yaml': { repositories: [['image', 'outer']] },
      'charts/web/templates/deep/values.yaml': { repositories: [['image', 'web']] },
      'charts/web/values-b.yaml': { repositories: [['image', 'other']] },
      'charts/api/values.yaml': { repositories: [['image', 'api']] },
      'charts/web/env/prod.yaml': { tags: [['image', '1']] },
      'charts/job/env/prod.yaml': { tags: [['image', '2']] },
      'elsewhere/prod.yaml': { tags: [['image', '3']] },
      'charts/web/templates/deep/prod.yaml': { tags: [['image', '4']] },
    });
    assert.deepEqual(usesOf(index, 'web'), [
      '1 charts/web/env/prod.yaml:1',
      '2 charts/job/env/prod.yaml:1',
      '3 elsewhere/prod.yaml:1',
      '4 charts/web/templates/deep/prod.yaml:1',
    ]);
    assert.deepEqual(usesOf(index, 'other'), [
      '1 charts/web/env/prod.yaml:1',
      '2 charts/job/env/prod.yaml:1',
      '3 elsewhere/prod.yaml:1',
    ]);
    assert.deepEqual(usesOf(index, 'api'), ['2 charts/job/env/prod.yaml:1', '3 elsewhere/prod.yaml:1']);
    assert.deepEqual(usesOf(index, 'outer'), ['3 elsewhere/prod.yaml:1']);
  });

  it('E1: may mean each of twenty repositories, and of more it is not known which', () => {
    const names = Array.from({ length: 21 }, (_, at) => `service-${at}`);
    const index = filled({ 'a/prod.yaml': { tags: [['image', '7']] } });
    for (const name of names.slice(0, 20)) {
      put(index, `a/${name}.yaml`, {
        repositories: [
          ['image', name],
          ['image', name],
        ],
      });
    }
    for (const name of names.slice(0, 20)) assert.deepEqual(usesOf(index, name), ['7 a/prod.yaml:1']);
    assert.deepEqual(doubtsOf(index), []);
    assert.deepEqual(
      put(index, 'a/more.yaml', { repositories: [['image', names[20]!]] }),
      names.map((name) => `acme/${name}`).sort(),
    );
    for (const name of names) assert.deepEqual(usesOf(index, name), []);
    assert.deepEqual(doubtsOf(index), ['tag: 7 a/prod.yaml:1 unresolved -']);
    assert.deepEqual([...index.remove('a/more.yaml')].sort(), names.map((name) => `acme/${name}`).sort());
    assert.deepEqual(usesOf(index, names[0]!), ['7 a/prod.yaml:1']);
  });

  it('E1: is told among the other doubts of its file in the order of their lines', () => {
    const index = new ReferenceIndex();
    const doubt = (line: number) => ({ kind: 'unresolved', text: `$${line}`, line, column: 1 }) as const;
    index.replace(
      { id: 'a', label: 'a', hasLines: true },
      {
        references: [],
        doubts: [doubt(1), doubt(3)],
        loneTags: [{ keys: '', tag: 'x', text: 'tag: x', line: 2, column: 1 }],
      },
    );
    assert.deepEqual(
      atOnce(index.doubtsAbout([])).map(({ place }) => place.text),
      ['a:1', 'a:2', 'a:3'],
    );
  });

  it('E1: is what a slow comparison of all files with each other says, and each change is told', () => {
    const folder = fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 });
    const keys = fc.constantFrom('image', 'web.image');
    const name = fc.constantFrom(...Array.from({ length: 24 }, (_, at) => `r${at}`));
    const file = fc.record({
      tags: fc.array(fc.tuple(keys, fc.constantFrom('1', '2', '3')), { maxLength: 3 }),
      repositories: fc.oneof(
        fc.array(fc.tuple(keys, name), { maxLength: 3 }),
        fc
          .uniqueArray(name, { minLength: 15 })
          .map((names) => names.map((each) => ['image', each] as [string, string])),
      ),
    });
    const path = fc
      .tuple(folder, fc.constantFrom('x', 'y'))
      .map(([parts, last]) => [...parts, `${last}.yaml`].join('/'));
    const change = fc.tuple(path, fc.option(file, { nil: undefined, freq: 4 }));
    const check = fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
      const index = new ReferenceIndex();
      const files = new Map<string, File>();
      let before = new Map<string, string[]>();
      for (const [at, put_] of changes) {
        if (put_) files.set(at, put_);
        else files.delete(at);
        const changed = put_ ? put(index, at, put_) : [...index.remove(at)];
        const { uses, unknown } = naiveLoneTags(files);
        for (let number = 0; number < 24; number++) {
          const [of, was] = [uses.get(`r${number}`) ?? [], before.get(`r${number}`) ?? []];
          assert.deepEqual(
            index
              .mentionsOf({ namespace: 'acme', name: `r${number}` })
              .map(({ tag, place }) => `${tag} ${place.text}`)
              .sort(),
            of,
          );
          assert.deepEqual(usesOf(index, `r${number}`).length, new Set(of.map((text) => text.split(' ')[0])).size);
          if (of.join() !== was.join()) {
            assert.ok(
              changed.includes(`acme/r${number}`),
              `${at}: r${number} changed from ${was.join()} to ${of.join()}`,
            );
          }
        }
        assert.deepEqual(
          doubtsOf(index)
            .map((text) => text.split(' ')[2])
            .sort(),
          unknown,
        );
        before = uses;
      }
    });
    fc.assert(check, { numRuns: 150 });
  });
});

/** Compares each lone tag with each file. */
function naiveLoneTags(files: ReadonlyMap<string, File>): {
  readonly uses: Map<string, string[]>;
  readonly unknown: string[];
} {
  const uses = new Map<string, string[]>();
  const unknown: string[] = [];
  for (const [path, { tags = [] }] of files) {
    for (const [line, [keys, tag]] of tags.entries()) {
      const named = [...files].flatMap(([other, { repositories = [] }]) =>
        repositories.filter(([at]) => at === keys).map(([, name]) => ({ name, shared: sharedFolders(path, other) })),
      );
      const most = Math.max(...named.map(({ shared }) => shared));
      const names = new Set(named.filter(({ shared }) => shared === most).map(({ name }) => name));
      if (names.size === 0 || names.size > 20) unknown.push(`${path}:${line + 1}`);
      else for (const name of names) uses.set(name, [...(uses.get(name) ?? []), `${tag} ${path}:${line + 1}`].sort());
    }
  }
  return { uses, unknown: unknown.sort() };
}

function sharedFolders(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => path.split('/').slice(0, -1)) as [string[], string[]];
  const different = left.findIndex((part, at) => part !== right[at]);
  return different < 0 ? left.length : different;
}
