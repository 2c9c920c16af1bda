import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  sortRows,
  type DraftFilter,
  type DraftSort,
  type DraftSortKey,
  type Reason,
} from '../../../../src/retention/draft/draftOrder.ts';
import { makeDraftTable } from '../../../../src/retention/draft/draftTable.ts';
import type { DraftRow } from '../../../../src/retention/draft/settledDraft.ts';
import { atOnce, sliceSize } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { allRows, DAY, draftOf, NOW, policies, rowName, sourceLists, sourceOf } from './generatedDraft.ts';

const keys: readonly DraftSortKey[] = ['verdict', 'name', 'reason', 'age', 'size', 'digest', 'pulled', 'repository'];
const sorts: fc.Arbitrary<DraftSort> = fc.record({ by: fc.constantFrom(...keys), descending: fc.boolean() });
const texts = fc.constantFrom('', 'a', 'A', 'team/API', 'sha256:a', 'BBB', '1.');
/** Most let several rows through, which an order shows itself on. */
const filters: fc.Arbitrary<DraftFilter> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ text: texts }) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        verdict: fc.constantFrom('keep', 'delete'),
        reasonKind: fc.constantFrom('older', 'younger', 'alias', 'immutable'),
        text: texts,
      },
      { requiredKeys: [] },
    ),
  },
);

const kinds: readonly Reason['kind'][] = [
  'picked',
  'older',
  'unkept',
  'immutable',
  'byHand',
  'protected',
  'referenced',
  'notCovered',
  'unknownAge',
  'newest',
  'version',
  'younger',
  'notVersion',
  'alias',
  'overCap',
  'overShare',
  'lastTag',
  'unconfirmed',
];

/** What a row is sorted by, for a comparison part by part. */
function keyOf({ repository, tag, verdict, reason }: DraftRow, by: DraftSortKey): readonly (string | number)[] {
  switch (by) {
    case 'verdict':
      return [verdict === 'delete' ? 0 : 1];
    case 'name':
      return [tag.name];
    case 'reason': {
      const {
        pattern = '',
        place = '',
        of = '',
        than = '',
        count = 0,
        level = 'major',
      } = reason as Record<string, string>;
      return [
        kinds.indexOf(reason.kind),
        pattern + place + of + than,
        Number(count),
        ['major', 'minor', 'patch', 'prerelease'].indexOf(level),
      ];
    }
    case 'age':
      return [Number.isFinite(tag.pushedAt) ? -tag.pushedAt! : Infinity];
    case 'size':
      return [tag.size ?? -1];
    case 'digest':
      return [tag.digest ?? ''];
    case 'pulled':
      return [tag.pulledAt ?? -Infinity];
    case 'repository':
      return [`${repository.namespace}/${repository.name}`];
  }
}

function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value < b[i]! ? -1 : 1;
  return 0;
}

/** Sorted and filtered once more, by the engine's own stable sort. */
function naiveOrder(
  rows: readonly DraftRow[],
  { by, descending }: DraftSort,
  { verdict, reasonKind, text = '' }: DraftFilter,
): DraftRow[] {
  const sorted = [...rows].sort((a, b) => (descending ? -1 : 1) * compareKeys(keyOf(a, by), keyOf(b, by)));
  const part = text.toLowerCase();
  return sorted.filter(({ repository, tag, ...row }) => {
    const hasText =
      `${repository.namespace}/${repository.name}`.toLowerCase().includes(part) ||
      tag.name.toLowerCase().includes(part) ||
      (tag.digest !== undefined &&
        (tag.digest.startsWith(part) || tag.digest.slice('sha256:'.length).startsWith(part)));
    return (verdict ?? row.verdict) === row.verdict && (reasonKind ?? row.reason.kind) === row.reason.kind && hasText;
  });
}

describe('the order of a draft', () => {
  it('is a stable permutation of the rows that the filter lets through, also after verdicts change', () => {
    fc.assert(
      fc.property(
        sourceLists,
        policies,
        policies,
        fc.array(fc.tuple(sorts, filters), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        (sources, policy, next, orders, at) => {
          const draft = draftOf(sources, { policy });
          for (const [sort, filter] of orders) {
            atOnce(draft.order(sort, filter));
            const check = (): void => {
              const shown = draft.rows(0, draft.rowCount);
              assert.deepEqual(shown.map(rowName), naiveOrder(allRows(draft), sort, filter).map(rowName));
              for (const row of shown) {
                assert.equal(row.verdict, allRows(draft).find((other) => rowName(other) === rowName(row))!.verdict);
              }
            };
            check();
            atOnce(draft.change(next));
            check();
            if (draft.rowCount > 0) atOnce(draft.keepByHand([at % draft.rowCount]));
            check();
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('sorts reasons by kind, then by what they name, as a text and then as a number', () => {
    const sorted: readonly Reason[] = [
      { kind: 'older' },
      { kind: 'protected', pattern: 'a*' },
      { kind: 'protected', pattern: 'b*' },
      { kind: 'referenced', place: 'Dockerfile:1' },
      { kind: 'newest', count: 9 },
      { kind: 'newest', count: 10 },
      { kind: 'version', level: 'major' },
      { kind: 'version', level: 'prerelease' },
      { kind: 'version', level: 'minor', of: '1' },
      { kind: 'younger' },
      { kind: 'younger', than: '90 days' },
      { kind: 'alias', of: 'v1' },
      { kind: 'alias', of: 'v2' },
    ];
    const table = atOnce(
      makeDraftTable([
        sourceOf(
          'api',
          sorted.map((_, i) => ({ name: `t${i}` })),
        ),
      ]),
    );
    const reasons = sorted.map((_, row) => sorted[(row * 5) % sorted.length]!);
    const order = (descending: boolean) =>
      atOnce(sortRows(table, { goes: new Uint8Array(sorted.length), reasons }, { by: 'reason', descending })).map(
        (row) => reasons[row],
      );
    assert.deepEqual(order(false), sorted);
    assert.deepEqual(order(true), sorted.toReversed());
  });

  it('orders names by code unit, whatever they begin with and hold', () => {
    const names = fc.array(
      fc.oneof(
        fc
          .string({
            unit: fc.constantFrom('a', 'b', 'Z', '~', '\x7f', '\x80', 'é', '\u{1F600}', '0', '-'),
            maxLength: 18,
          })
          .map((end) => `build-${end}`),
        fc.string({ unit: fc.constantFrom('a', 'b', '\x7f', '\x80', 'é'), maxLength: 9 }),
      ),
      { minLength: 2, maxLength: 30 },
    );
    fc.assert(
      fc.property(names, (list) => {
        const distinct = [...new Set(list)];
        const draft = draftOf(
          [
            sourceOf(
              'api',
              distinct.map((name) => ({ name })),
            ),
          ],
          { sort: { by: 'name', descending: false } },
        );
        assert.deepEqual(
          draft.rows(0, draft.rowCount).map(({ tag }) => tag.name),
          distinct.sort(),
        );
      }),
    );
  });

  it('means another row by a position only with a higher order revision', () => {
    const draft = draftOf([
      sourceOf('api', [
        { name: 'a', pushedAt: 1 },
        { name: 'b', pushedAt: 2 },
      ]),
    ]);
    const [before, revision] = [draft.orderRevision, draft.revision];
    assert.deepEqual(
      draft.rows(0, 2).map(({ tag }) => tag.name),
      ['b', 'a'],
    );
    atOnce(draft.order({ by: 'name', descending: true }));
    assert.equal(draft.orderRevision, before);
    atOnce(draft.order({ by: 'name', descending: false }));
    assert.ok(draft.orderRevision > before);
    const sorted = draft.orderRevision;
    atOnce(draft.order({ by: 'name', descending: false }, { text: 'b' }));
    assert.ok(draft.orderRevision > sorted);
    atOnce(draft.order({ by: 'name', descending: true }));
    assert.equal(draft.revision, revision);
    assert.deepEqual([draft.sort, draft.filter], [{ by: 'name', descending: true }, {}]);
  });

  it('takes no work of more than a slice at a time', () => {
    const count = 6 * sliceSize;
    let looks = 0;
    const tags = Array.from({ length: count }, (_, i): Tag => {
      const tag = {
        name: `build-${(i * 7919) % count}`,
        digest: `sha256:${i % 1000}`,
        size: i % 777,
        pushedAt: NOW - ((i * 104_729) % (count + 3)) * DAY,
      };
      const watched = (key: 'pushedAt' | 'size' | 'name' | 'digest') => ({
        enumerable: true,
        get: () => (looks++, tag[key]),
      });
      return Object.freeze(
        Object.defineProperties({} as typeof tag, {
          name: watched('name'),
          pushedAt: watched('pushedAt'),
          size: watched('size'),
          digest: watched('digest'),
        }),
      );
    });
    const draft = draftOf([sourceOf('api', tags)]);
    for (const by of keys) {
      const work = draft.order({ by, descending: true }, { text: '7' });
      let most = 0;
      for (let done: boolean | undefined = false; !done;) {
        looks = 0;
        done = work.next().done;
        most = Math.max(most, looks);
      }
      assert.ok(most < 60 * sliceSize, `${by}: ${most}`);
    }
    for (const begin of [() => draft.deleteByHand('shown'), () => draft.undo()]) {
      const work = begin();
      let most = 0;
      let steps = 0;
      for (let done: boolean | undefined = false; !done; steps++) {
        looks = 0;
        done = work.next().done;
        most = Math.max(most, looks);
      }
      assert.ok(steps > 30 && most < 60 * sliceSize, `${steps} steps, ${most} looks`);
    }
  });
});
