import assert from 'node:assert/strict';
import type { Reason } from '../../../../src/retention/draft/draftOrder.ts';
import type { PlanDraft } from '../../../../src/retention/draft/planDraft.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce, sliceSize } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { allRows, DAY, draftOf, NOW, policyOf, positionsOf, rowName, sourceOf } from './generatedDraft.ts';
import { imagesOf } from '../plan/imagesOf.ts';

const old = NOW - 200 * DAY;
const image = (letter: string) => `sha256:${letter.repeat(64)}`;

/** `tag: verdict reason`, of all rows. */
function verdicts(draft: PlanDraft): string[] {
  return allRows(draft).map(({ tag, verdict, reason }) => `${tag.name}: ${verdict} ${reason.kind}`);
}

function verdictOf(draft: PlanDraft, name: string): string {
  const row = allRows(draft).find(({ tag }) => tag.name === name)!;
  return `${row.verdict} ${row.reason.kind}`;
}

const some: readonly Tag[] = [
  { name: 'new', pushedAt: NOW - DAY },
  { name: 'latest', pushedAt: old },
  { name: 'old-2', pushedAt: old - 1 },
  { name: 'old-1', pushedAt: old - 2 },
  { name: 'fixed', pushedAt: old - 3 },
  { name: 'undated' },
];
const isImmutable = (name: string) => name === 'fixed';

function someDraft(more: Parameters<typeof draftOf>[1] = {}): PlanDraft {
  return draftOf([sourceOf('api', some, { isImmutable })], more);
}

function pick(draft: PlanDraft, decision: 'keepByHand' | 'deleteByHand' | 'byRule', ...names: string[]): void {
  assert.equal(atOnce(draft[decision](positionsOf(draft, ...names.map((name) => `api:${name}`)))), true);
}

describe('PlanDraft', () => {
  it('judges every tag by the policy, repository by repository, newest first', () => {
    assert.deepEqual(verdicts(someDraft()), [
      'new: keep younger',
      'latest: keep protected',
      'old-2: delete older',
      'old-1: delete older',
      'fixed: keep immutable',
      'undated: keep unknownAge',
    ]);
  });

  it('shows what goes first, until it is told otherwise', () => {
    assert.deepEqual(
      someDraft()
        .rows(0, 3)
        .map(({ tag }) => tag.name),
      ['old-2', 'old-1', 'new'],
    );
  });

  it('judges again by another policy, with a higher revision and another batch', () => {
    const draft = someDraft();
    const [before, { revision }] = [draft.batch(), draft];
    assert.equal(draft.batch(), before);
    atOnce(draft.change(policyOf({}, '1 year')));
    assert.equal(draft.totals.going, 0);
    assert.equal(draft.revision, revision + 1);
    assert.notEqual(draft.batch(), before);
    assert.deepEqual([before.total, draft.policy.olderThan?.text], [2, '1 year']);
  });

  it('keeps and deletes by hand before the policy, through a change of it', () => {
    const draft = someDraft();
    pick(draft, 'keepByHand', 'old-1', 'new');
    pick(draft, 'deleteByHand', 'latest', 'undated');
    const expected = [
      'new: keep byHand',
      'latest: delete picked',
      'old-2: delete older',
      'old-1: keep byHand',
      'fixed: keep immutable',
      'undated: delete picked',
    ];
    assert.deepEqual(verdicts(draft), expected);
    atOnce(draft.change(policyOf({}, '100 days')));
    assert.deepEqual(verdicts(draft), expected);
    pick(draft, 'byRule', 'latest', 'new');
    assert.equal(verdictOf(draft, 'latest'), 'keep protected');
    assert.deepEqual([draft.totals.pickedToDelete, draft.totals.pickedToKeep], [1, 1]);
  });

  it('never takes an immutable tag into the batch, also when all that is shown is picked', () => {
    const draft = someDraft();
    atOnce(draft.deleteByHand('shown'));
    assert.equal(verdictOf(draft, 'fixed'), 'keep immutable');
    assert.equal(draft.batch().total, 5);
    assert.equal(allRows(draft).find(({ tag }) => tag.name === 'fixed')?.byHand, undefined);
  });

  it('says what picks go before, each tag for each of its reasons', () => {
    const uses = {
      tags: new Map([
        ['latest', 'deploy/web.yaml:12'],
        ['new', 'Dockerfile:1'],
      ]),
      digests: new Map<string, string>(),
    };
    const draft = draftOf([sourceOf('api', some, { isImmutable, uses })]);
    pick(draft, 'deleteByHand', 'latest', 'new', 'old-1');
    const overridden = atOnce(draft.settled.overridden());
    const byKind = new Map(overridden.map((each) => [each.kind, each]));
    assert.equal(byKind.get('referenced')?.count, 2);
    assert.equal(byKind.get('protected')?.count, 1);
    assert.deepEqual(byKind.get('protected')?.example, { kind: 'protected', pattern: 'latest' });
    // Nothing keeps `old-1`, and tags that were not picked do not count.
    assert.deepEqual(
      overridden.map(({ kind, count }) => `${kind} ${count}`),
      ['referenced 2', 'protected 1', 'younger 1'],
    );
    const row = allRows(draft).find(({ tag }) => tag.name === 'latest')!;
    assert.deepEqual(
      row
        .reasons()
        .map(({ kind }: Reason) => kind)
        .slice(0, 3),
      ['picked', 'protected', 'referenced'],
    );
  });

  it('lists each reason of a row once, that of its verdict first', () => {
    const draft = someDraft();
    assert.deepEqual(
      allRows(draft).map((row) => row.reasons().map(({ kind }) => kind)),
      [['younger'], ['protected'], ['older'], ['older'], ['immutable'], ['unknownAge']],
    );
  });

  it('counts hand-picked deletions under the cap of the settings and that of the policy', () => {
    const [setting, policy] = [someDraft({ maxDeletions: 2 }), someDraft({ policy: policyOf({ maxDeletions: 2 }) })];
    for (const draft of [setting, policy]) {
      pick(draft, 'deleteByHand', 'new', 'undated');
      assert.equal(draft.batch().total, 2);
      // An unknown date is older than any other.
      assert.deepEqual(
        allRows(draft)
          .filter(({ verdict }) => verdict === 'delete')
          .map(rowName),
        ['api:old-1', 'api:undated'],
      );
      const row = allRows(draft).find(({ tag }) => tag.name === 'new')!;
      assert.deepEqual([row.verdict, row.reason.kind, row.byHand], ['keep', 'overCap', 'delete']);
      assert.equal(draft.totals.pickedToDelete, 1);
    }
    atOnce(setting.changeRules({ maxDeletions: 0 }));
    assert.equal(setting.batch().total, 4);
  });

  it('protects what the rules come to protect', () => {
    const draft = someDraft();
    atOnce(draft.changeRules({ protect: compileProtect(['old*']) }));
    assert.equal(verdictOf(draft, 'old-1'), 'keep protected');
    assert.equal(verdictOf(draft, 'latest'), 'delete older');
  });

  it('keeps the aliases of a tag that is kept by hand, its platforms too, as far as the policy keeps aliases', () => {
    const tags = [
      { name: 'v1', pushedAt: old, digest: image('a'), images: imagesOf(image('b'), '111111111111') },
      { name: 'v1-copy', pushedAt: old, digest: image('a') },
      { name: 'v1-amd64', pushedAt: old, digest: image('b') },
      { name: 'v2', pushedAt: old, digest: image('c') },
    ];
    const draft = draftOf([sourceOf('api', tags)]);
    pick(draft, 'keepByHand', 'v1');
    assert.deepEqual(verdicts(draft), [
      'v1: keep byHand',
      'v1-amd64: keep alias',
      'v1-copy: keep alias',
      'v2: delete older',
    ]);
    pick(draft, 'deleteByHand', 'v1-copy');
    assert.equal(verdictOf(draft, 'v1-copy'), 'delete picked');
    atOnce(draft.change(policyOf({ keepAliases: false })));
    assert.deepEqual(verdicts(draft), [
      'v1: keep byHand',
      'v1-amd64: delete older',
      'v1-copy: delete picked',
      'v2: delete older',
    ]);
  });

  it('deletes no tag but the picked one: what stays as its alias goes on staying', () => {
    const tags = [
      { name: 'latest', pushedAt: old, digest: image('a') },
      { name: 'v1', pushedAt: old, digest: image('a') },
    ];
    const draft = draftOf([sourceOf('api', tags)]);
    pick(draft, 'deleteByHand', 'latest');
    assert.deepEqual(verdicts(draft), ['latest: delete picked', 'v1: keep alias']);
  });

  it('says which repositories lose too large a share, before caps hide it, picks included', () => {
    const few = Array.from({ length: 4 }, (_, i) => ({ name: `t${i}`, pushedAt: i < 2 ? old : NOW - DAY }));
    const draft = draftOf([sourceOf('api', few), sourceOf('web', few)], {
      policy: policyOf({ maxShare: 0.5 }),
      maxDeletions: 1,
    });
    assert.deepEqual(draft.totals.overShare, []);
    pick(draft, 'deleteByHand', 't3');
    assert.deepEqual(draft.totals.overShare, [{ namespace: 'team', name: 'api' }]);
    assert.equal(draft.batch().total, 1);
  });

  it('says that a repository would be empty, also by picks', () => {
    const draft = draftOf([sourceOf('api', [{ name: 'a', pushedAt: old }, { name: 'b' }])]);
    assert.equal(draft.batch().plans[0]?.emptiesRepository, false);
    pick(draft, 'deleteByHand', 'b');
    assert.equal(draft.batch().plans[0]?.emptiesRepository, true);
    pick(draft, 'keepByHand', 'a');
    assert.equal(draft.batch().plans[0]?.emptiesRepository, false);
  });

  it('takes back step by step, and nothing when there is none', () => {
    const draft = someDraft();
    const [start, revision] = [verdicts(draft), draft.revision];
    assert.equal(draft.canUndo, false);
    assert.equal(atOnce(draft.undo()), true);
    assert.equal(draft.revision, revision);
    pick(draft, 'deleteByHand', 'latest', 'new');
    const between = verdicts(draft);
    pick(draft, 'keepByHand', 'latest', 'old-1');
    pick(draft, 'keepByHand', 'latest');
    atOnce(draft.undo());
    assert.deepEqual(verdicts(draft), between);
    atOnce(draft.undo());
    assert.deepEqual(verdicts(draft), start);
    assert.equal(draft.canUndo, false);
  });

  it('remembers 200 steps', () => {
    const draft = someDraft();
    for (let step = 0; step < 210; step++) pick(draft, step % 2 ? 'byRule' : 'keepByHand', 'new');
    let steps = 0;
    for (; draft.canUndo; steps++) atOnce(draft.undo());
    assert.equal(steps, 200);
  });

  it('refuses positions that are not there, and then changes nothing', () => {
    const draft = someDraft();
    for (const rows of [[6], [-1], [0.5], [0, { from: 3, to: 7 }], [{ from: 2, to: 1 }], [NaN]]) {
      assert.throws(() => draft.keepByHand(rows), RangeError);
    }
    assert.throws(() => draft.rows(-1, 2), RangeError);
    assert.throws(() => draft.changeRules({ maxDeletions: -1 }), RangeError);
    assert.throws(() => draftOf([], { maxDeletions: 0.5 }), RangeError);
    assert.equal(draft.canUndo, false);
    assert.deepEqual(draft.rows(4, 99).map(rowName), ['api:fixed', 'api:undated']);
    assert.deepEqual(draft.rows(99, 100), []);
    assert.deepEqual(draft.rows(3, 1), []);
  });

  it('picks ranges of what is shown, not of all', () => {
    const draft = someDraft();
    atOnce(draft.order({ by: 'name', descending: false }, { text: 'OLD' }));
    assert.equal(draft.rowCount, 2);
    atOnce(draft.keepByHand([{ from: 0, to: 2 }]));
    assert.equal(draft.totals.pickedToKeep, 2);
  });

  it('applies the filter to new verdicts', () => {
    const draft = someDraft();
    atOnce(draft.order({ by: 'name', descending: false }, { verdict: 'delete' }));
    pick(draft, 'keepByHand', 'old-1');
    assert.deepEqual(draft.rows(0, 9).map(rowName), ['api:old-2']);
    atOnce(draft.change(policyOf({}, '1 year')));
    assert.equal(draft.rowCount, 0);
  });

  it('keeps the numbers of rows while none comes to mean another one, so that one decision can follow the other at once', () => {
    const draft = someDraft({ sort: { by: 'age', descending: true } });
    const { orderRevision } = draft;
    pick(draft, 'keepByHand', 'old-1');
    pick(draft, 'deleteByHand', 'new');
    assert.equal(draft.orderRevision, orderRevision);
    atOnce(draft.order({ by: 'name', descending: false }));
    assert.equal(draft.orderRevision, orderRevision + 1);
    atOnce(draft.order({ by: 'name', descending: false }, { verdict: 'keep' }));
    assert.equal(draft.orderRevision, orderRevision + 2);
    pick(draft, 'deleteByHand', 'old-1');
    assert.equal(draft.orderRevision, orderRevision + 3, 'a row is shown no more');
    atOnce(draft.reread([sourceOf('api', some, { isImmutable })]));
    assert.equal(draft.orderRevision, orderRevision + 4, 'the lists are others');
  });

  it('works without a tag and without a repository', () => {
    for (const draft of [draftOf([]), draftOf([sourceOf('api', [])])]) {
      assert.deepEqual(
        [draft.rowCount, draft.totals.all, draft.batch().total, draft.totals.oldest],
        [0, 0, 0, undefined],
      );
      assert.deepEqual(draft.histogram('size', 10).bars, []);
      assert.equal(atOnce(draft.deleteByHand('shown')), true);
    }
  });

  it('refuses a repository or a tag that comes twice', () => {
    assert.throws(() => draftOf([sourceOf('api', some), sourceOf('api', [])]), /two plans/);
    assert.throws(() => draftOf([sourceOf('api', [...some, { name: 'new' }])]), /twice/);
  });
});

describe('a draft whose tags were listed again', () => {
  const picked = (): PlanDraft => {
    const draft = someDraft();
    pick(draft, 'deleteByHand', 'latest', 'new', 'undated');
    pick(draft, 'keepByHand', 'old-1');
    return draft;
  };

  it('holds on to decisions by hand by name', () => {
    const draft = picked();
    atOnce(
      draft.reread([
        sourceOf('web', some),
        sourceOf('api', [{ name: 'newer', pushedAt: NOW }, ...some.toReversed()], { isImmutable }),
      ]),
    );
    const byHand = allRows(draft)
      .filter((row) => row.byHand)
      .map((row) => `${rowName(row)} ${row.byHand}`);
    assert.deepEqual(byHand, ['api:new delete', 'api:latest delete', 'api:old-1 keep', 'api:undated delete']);
    atOnce(draft.undo());
    assert.deepEqual(
      allRows(draft)
        .filter((row) => row.byHand)
        .map(rowName),
      ['api:new', 'api:latest', 'api:undated'],
    );
  });

  it('deletes no tag by hand that has moved since it was picked (invariant 3), whether or not the pick is the last step', () => {
    const draft = picked();
    const moved = some.map((tag) =>
      tag.name === 'latest'
        ? { ...tag, pushedAt: NOW - 1 }
        : tag.name === 'old-1'
          ? { ...tag, pushedAt: old + 5 }
          : tag,
    );
    atOnce(draft.reread([sourceOf('api', moved, { isImmutable })]));
    assert.equal(verdictOf(draft, 'latest'), 'keep protected');
    assert.equal(verdictOf(draft, 'new'), 'delete picked');
    assert.equal(verdictOf(draft, 'old-1'), 'keep byHand');
    pick(draft, 'keepByHand', 'latest');
    atOnce(draft.undo());
    assert.equal(verdictOf(draft, 'latest'), 'keep protected');
  });

  it('brings no deletion of a moved tag back by undoing', () => {
    const draft = picked();
    pick(draft, 'keepByHand', 'latest');
    atOnce(
      draft.reread([
        sourceOf(
          'api',
          some.map((tag) => (tag.name === 'latest' ? { ...tag, digest: image('a') } : tag)),
          { isImmutable },
        ),
      ]),
    );
    atOnce(draft.undo());
    assert.equal(verdictOf(draft, 'latest'), 'keep protected');
  });

  it('drops the pick of a tag that has become immutable', () => {
    const draft = picked();
    atOnce(draft.reread([sourceOf('api', some, { isImmutable: (name) => name === 'new' })]));
    assert.equal(verdictOf(draft, 'new'), 'keep immutable');
    atOnce(draft.reread([sourceOf('api', some)]));
    assert.equal(verdictOf(draft, 'new'), 'keep younger');
  });

  it('shows the new rows, in the order and through the filter that there were', () => {
    for (const by of ['name', 'verdict'] as const) {
      const draft = picked();
      atOnce(draft.order({ by, descending: false }, { text: 'o' }));
      atOnce(draft.reread([sourceOf('api', [{ name: 'only' }, { name: 'other', pushedAt: old }, { name: 'xyz' }])]));
      assert.deepEqual(
        draft.rows(0, 9).map(rowName),
        by === 'name' ? ['api:only', 'api:other'] : ['api:other', 'api:only'],
      );
    }
  });

  it('stays as it was when the list is broken, and goes on working', () => {
    const draft = picked();
    const before = verdicts(draft);
    assert.throws(() => atOnce(draft.reread([sourceOf('api', [{ name: 'a' }, { name: 'a' }])])), /twice/);
    assert.deepEqual(verdicts(draft), before);
    atOnce(draft.change(policyOf({}, '100 days')));
    assert.deepEqual(verdicts(draft), before);
  });

  it('hands its decisions to a later draft as plain data', () => {
    const draft = picked();
    const data = JSON.parse(JSON.stringify([...draft.picked()])) as ReturnType<PlanDraft['picked']> extends Generator<
      infer T
    >
      ? T[]
      : never;
    const later = someDraft({ picks: data });
    assert.deepEqual(verdicts(later), verdicts(draft));
    assert.equal(later.canUndo, false);
    const hostile = someDraft({
      picks: [
        ...data.map((each) => ({ ...each, repository: { namespace: 'team', name: 'other' } })),
        { repository: { namespace: 'team', name: 'api' }, tag: { name: 'fixed', pushedAt: old - 3 }, pick: 'delete' },
        { repository: { namespace: 'team', name: 'api' }, tag: { name: 'latest', pushedAt: 1 }, pick: 'delete' },
        { repository: { namespace: 'team', name: 'api' }, tag: { name: '__proto__' }, pick: 'delete' },
      ],
    });
    assert.deepEqual(verdicts(hostile), verdicts(someDraft()));
  });
});

describe('a draft that is asked faster than it answers', () => {
  const many = Array.from({ length: 6 * sliceSize }, (_, i) => ({ name: `t${i}`, pushedAt: NOW - i * DAY }));

  it('shows nothing of work that is not done, then all at once', () => {
    const draft = draftOf([sourceOf('api', many)]);
    const [batch, totals, revision] = [draft.batch(), draft.totals, draft.revision];
    const work = draft.change(policyOf({}, '1 year'));
    let steps = 0;
    for (; !work.next().done; steps++) {
      assert.deepEqual(
        [draft.batch(), draft.totals, draft.revision, draft.rows(0, 1)[0]?.verdict],
        [batch, totals, revision, 'delete'],
      );
    }
    assert.ok(steps > 10);
    assert.notEqual(draft.totals.going, totals.going);
  });

  it('lets the last call do what all asked for', () => {
    const draft = draftOf([sourceOf('api', many)]);
    const first = draft.keepByHand([0]);
    const name = rowName(draft.rows(0, 1)[0]!);
    first.next();
    const second = draft.change(policyOf({}, '1 year'));
    second.next();
    assert.deepEqual(first.next(), { value: false, done: true });
    const third = draft.order({ by: 'name', descending: true });
    assert.equal(atOnce(third), true);
    assert.deepEqual(second.next(), { value: false, done: true });
    assert.deepEqual(
      [draft.totals.pickedToKeep, draft.policy.olderThan?.text, draft.rows(0, 1)[0]?.tag.name],
      [1, '1 year', 't999'],
    );
    assert.equal(allRows(draft).find((row) => rowName(row) === name)?.byHand, 'keep');
  });

  it('does later what was given up', () => {
    const draft = draftOf([sourceOf('api', many)]);
    const work = draft.deleteByHand([draft.rowCount - 1]);
    work.next();
    work.return(false);
    assert.equal(draft.totals.pickedToDelete, 0);
    atOnce(draft.order({ by: 'age', descending: false }));
    assert.equal(draft.totals.pickedToDelete, 1);
  });

  it('leaves an earlier state as it was', () => {
    const draft = draftOf([sourceOf('api', many)]);
    const before = draft.settled;
    const rows = [...before.allRows()].map(({ verdict, byHand }) => [verdict, byHand]);
    atOnce(draft.keepByHand('shown'));
    assert.equal(draft.totals.going, 0);
    assert.deepEqual(
      [...before.allRows()].map(({ verdict, byHand }) => [verdict, byHand]),
      rows,
    );
  });

  it('takes attachments along with the last tag of their image that is picked', () => {
    const signature = `sha256-${'a'.repeat(64)}.sig`;
    const signed = [
      { name: 'v1', pushedAt: NOW - DAY, digest: image('a') },
      { name: 'stable', pushedAt: NOW - DAY, digest: image('a') },
      { name: signature, pushedAt: NOW - DAY, digest: image('b') },
      { name: 'v2', pushedAt: NOW - DAY, digest: image('c') },
    ];
    const draft = draftOf([sourceOf('api', signed)], { policy: policyOf({ keepAliases: false }) });
    pick(draft, 'deleteByHand', 'v1');
    assert.equal(verdictOf(draft, signature), 'keep attachedTo');
    pick(draft, 'deleteByHand', 'stable');
    assert.equal(verdictOf(draft, signature), 'delete withSubject');
    assert.deepEqual(draft.totals.attachments, { all: 1, going: 1 });
    assert.equal(draft.batch().total, 3);
    pick(draft, 'keepByHand', 'v1');
    assert.equal(verdictOf(draft, signature), 'keep attachedTo');
  });
});
