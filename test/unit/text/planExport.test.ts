import assert from 'node:assert/strict';
import { csvText } from '../../../src/text/csvText.ts';
import { planCsvPieces, planJsonPieces } from '../../../src/text/planExport.ts';
import type { Reason } from '../../../src/retention/draft/draftOrder.ts';
import { policyData } from '../../../src/retention/policy/checkPolicy.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import { atOnce, sliceSize } from '../../../src/async/sliced.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { DAY, draftOf, NOW, policyOf, positionsOf, sourceOf } from '../retention/draft/generatedDraft.ts';

const old = NOW - 200 * DAY;
const digest = `sha256:${'a'.repeat(64)}`;

/** Words of a reason that a spreadsheet would take for a formula. */
function words(reason: Reason): string {
  return 'pattern' in reason ? `=${reason.pattern}` : 'place' in reason ? `@${reason.place}` : reason.kind;
}

const uses = {
  tags: new Map([
    ['latest', '=HYPERLINK("http://evil.example")'],
    ['used', 'a\u202eb'],
  ]),
  digests: new Map<string, string>(),
};
const draft = draftOf(
  [
    sourceOf(
      'api',
      [
        { name: 'latest', pushedAt: old, pulledAt: NOW, digest, size: 7 },
        { name: 'used', pushedAt: old + 2 },
        { name: 'old', pushedAt: old + 1, size: 0 },
        { name: 'undated', pushedAt: NaN },
        { name: 'far', pushedAt: 9e15 },
      ],
      { uses },
    ),
    {
      ...sourceOf('web', [
        { name: '=1+1', pushedAt: old },
        { name: 'with "quotes", commas\nand lines', pushedAt: old },
      ]),
      repository: { namespace: '@team', name: '-web' },
    },
  ],
  { protect: compileProtect(['latest']), maxDeletions: 3 },
);
atOnce(draft.deleteByHand(positionsOf(draft, 'api:undated')));

/** Reads CSV (RFC 4180). */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let isEnded = true;
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    if (isEnded) rows.push([]);
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    isEnded = end === '\r\n';
  }
  return rows;
}

describe('a plan that is exported', () => {
  it('is CSV with one row for each tag, formulas escaped', () => {
    const text = [...planCsvPieces(draft.settled, csvText, words)].join('');
    const [header, ...rows] = parseCsv(text);
    assert.deepEqual(header, [
      'repository',
      'tag',
      'verdict',
      'reason',
      'reasons',
      'pushed',
      'pulled',
      'digest',
      'size',
      'sizeIsPartial',
      'kind',
      'attachedTo',
    ]);
    const pushed = new Date(old).toISOString();
    assert.deepEqual(
      rows.find(([, tag]) => tag === 'latest'),
      [
        'team/api',
        'latest',
        'keep',
        "'=latest",
        '\'=latest; @=HYPERLINK("http://evil.example")',
        pushed,
        new Date(NOW).toISOString(),
        digest,
        '7',
        'false',
        'image',
        '',
      ],
    );
    assert.deepEqual(
      rows.find(([, tag]) => tag === 'undated'),
      ['team/api', 'undated', 'delete', 'picked', 'picked; unknownAge', '', '', '', '', 'false', 'image', ''],
    );
    assert.deepEqual(
      rows.find(([, tag]) => tag === 'old'),
      [
        'team/api',
        'old',
        'keep',
        'overCap',
        'overCap',
        new Date(old + 1).toISOString(),
        '',
        '',
        '0',
        'false',
        'image',
        '',
      ],
    );
    assert.deepEqual(rows.find(([, tag]) => tag === "'=1+1")?.slice(0, 4), ["'@team/-web", "'=1+1", 'delete', 'older']);
    assert.equal(rows.length, 7);
    // Nothing in any cell begins a formula.
    for (const cell of rows.flat()) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
  });

  it('is JSON with what it was made of, its numbers, and each tag with its reasons as data', () => {
    const policy = policyData(draft.policy);
    const text = [...planJsonPieces(draft.settled, policy)].join('');
    const { tags, plans, totals, ...head } = JSON.parse(text) as {
      plans: unknown[];
      totals: Record<string, unknown>;
      tags: { tag: string }[];
    };
    assert.equal(text, `${JSON.stringify({ ...head, totals, plans, tags }, undefined, 2)}\n`);
    assert.deepEqual(head, {
      policy: { repositories: ['*/*'], olderThan: '90 days' },
      now: '2026-01-15T12:00:00.000Z',
      asOf: '2026-01-15T12:00:00.000Z',
      maxDeletions: 3,
    });
    assert.deepEqual(plans[0], {
      repository: 'team/api',
      asOf: '2026-01-15T12:00:00.000Z',
      cutoff: '2025-10-17T12:00:00.000Z',
      going: 1,
      staying: 4,
      emptiesRepository: false,
    });
    assert.deepEqual(
      [totals.all, totals.going, totals.staying, totals.oldest, totals.pickedToDelete],
      [7, 3, 4, { repository: 'team/api', tag: 'undated', pushed: null }, 1],
    );
    const byName = new Map(tags.map((row) => [row.tag, row]));
    assert.deepEqual(byName.get('undated'), {
      repository: 'team/api',
      tag: 'undated',
      verdict: 'delete',
      byHand: 'delete',
      reason: { kind: 'picked' },
      reasons: [{ kind: 'picked' }, { kind: 'unknownAge' }],
      pushed: null,
      pulled: null,
      digest: null,
      size: null,
      sizeIsPartial: false,
      kind: 'image',
      attachedTo: null,
    });
    assert.deepEqual(byName.get('far'), {
      repository: 'team/api',
      tag: 'far',
      verdict: 'keep',
      byHand: null,
      reason: { kind: 'younger' },
      reasons: [{ kind: 'younger' }],
      pushed: null,
      pulled: null,
      digest: null,
      size: null,
      sizeIsPartial: false,
      kind: 'image',
      attachedTo: null,
    });
  });

  it('tells what is attached to what, where a size is only a lower bound, and frees no more than the repository stores', () => {
    const signature = `sha256-${'a'.repeat(64)}.sig`;
    const tags: Tag[] = [
      { name: 'v1', pushedAt: old, digest, size: 700, isSizePartial: true },
      { name: signature, pushedAt: old + 1, digest: `sha256:${'b'.repeat(64)}`, size: 3 },
      { name: 'buildcache', pushedAt: old + 2, size: 50 },
    ];
    const { settled } = draftOf([sourceOf('api', tags, { storageSize: 600 })]);
    const [, ...rows] = parseCsv([...planCsvPieces(settled, csvText, words)].join(''));
    const ends = new Map(rows.map((row) => [row[1], row.slice(-4)]));
    assert.deepEqual(ends.get('v1'), ['700', 'true', 'image', '']);
    assert.deepEqual(ends.get(signature), ['3', 'false', 'attachment', digest]);
    assert.deepEqual(ends.get('buildcache'), ['50', 'false', 'cache', '']);
    const { totals, tags: asData } = JSON.parse([...planJsonPieces(settled, {})].join('')) as {
      totals: { reclaimable: unknown; attachments: unknown };
      tags: { tag: string; kind: string; attachedTo: string | null }[];
    };
    assert.deepEqual(asData.find(({ tag }) => tag === signature)?.attachedTo, digest);
    assert.deepEqual(totals.attachments, { all: 1, going: 1 });
    const { high } = totals.reclaimable as { high: number };
    assert.equal(high, 600);
    assert.equal(settled.batch.reclaimable.high, 600);
  });

  it('is plain text: nothing in it changes how the rest is read (invariant 10)', () => {
    const hostile = draftOf([
      sourceOf(
        'api',
        [
          { name: 'a\u202eb', pushedAt: old, digest: 'sha256:\u200b' },
          { name: 'used', pushedAt: old },
        ],
        { uses },
      ),
    ]);
    for (const text of [
      [...planCsvPieces(hostile.settled, csvText, () => '')].join(''),
      [...planJsonPieces(hostile.settled, {})].join(''),
    ]) {
      assert.doesNotMatch(text, /[\u202e\u200b]/);
    }
  });

  it('tells everything of each tag, in pieces of a bounded number of tags, and asks for words once a reason', () => {
    const count = 4 * sliceSize;
    const tags = Array.from({ length: count }, (_, i): Tag => ({ name: `t${i}`, pushedAt: i % 2 ? old : NOW }));
    const { settled } = draftOf([sourceOf('api', tags)]);
    let asked = 0;
    const csv = [...planCsvPieces(settled, csvText, (reason) => (asked++, reason.kind))];
    assert.equal(csv.length, 4);
    assert.equal(asked, 2);
    const rows = parseCsv(csv.join(''));
    assert.equal(rows.length, count + 1);
    assert.deepEqual(new Set(rows.slice(1).map(([, tag]) => tag)), new Set(tags.map(({ name }) => name)));
    assert.equal([...planJsonPieces(settled, {})].length, 4 + 2);
  });

  it('is whole JSON without a tag', () => {
    const { settled } = draftOf([]);
    assert.deepEqual(
      (JSON.parse([...planJsonPieces(settled, policyData(policyOf()))].join('')) as { tags: unknown }).tags,
      [],
    );
  });
});
