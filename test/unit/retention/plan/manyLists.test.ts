import assert from 'node:assert/strict';
import { goingMark } from '../../../../src/editor/planPanel/goingMark.ts';
import { listMarks } from '../../../../src/editor/planPanel/listMark.ts';
import { newlyKept } from '../../../../src/retention/recheck/newlyKept.ts';
import { PlanDraft } from '../../../../src/retention/draft/planDraft.ts';
import { makePolicyBatch } from '../../../../src/retention/plan/policyBatch.ts';
import { planByPolicy } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { type Sliced } from '../../../../src/async/sliced.ts';
import { stillDeletable } from '../../../../src/retention/recheck/stillDeletable.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { noUses } from '../../../../src/retention/plan/uses.ts';
import { DAY, NOW, policyOf, sourceOf } from '../draft/generatedDraft.ts';

const [repositories, tagsOfEach] = [600, 10];
/** Names that a piece of work reads at most: those that one repository takes, or a few of each of 500 plans; all of them together are 6,000, and read many times. */
const maxLooks = 2000;
let looks = 0;

/** Short lists: none is long enough for a break of its own. */
function watchedSources(count = repositories) {
  return Array.from({ length: count }, (_, r) =>
    sourceOf(
      `r${r}`,
      Array.from({ length: tagsOfEach }, (__, i): Tag => {
        const name = `build-${i}`;
        return Object.freeze({
          get name() {
            return (looks++, name);
          },
          digest: `sha256:${r}-${i}`,
          pushedAt: NOW - i * 40 * DAY - r,
          size: 1,
        });
      }),
    ),
  );
}

function watch<T>(what: string, work: Sliced<T>): T {
  for (;;) {
    looks = 0;
    const step = work.next();
    assert.ok(looks <= maxLooks, `${what}: ${looks} looks at names in one piece`);
    if (step.done) return step.value;
  }
}

describe('G4: work on thousands of short lists takes a break between them', () => {
  const draft = () =>
    watch(
      'create',
      PlanDraft.create({
        sources: watchedSources(),
        policy: policyOf(),
        protect: compileProtect(['latest']),
        maxDeletions: 0,
        now: NOW,
      }),
    );

  it('when a draft is made, judged by another policy, capped, and read again', () => {
    const made = draft();
    watch('another policy', made.change(policyOf({ keepNewest: 2 })));
    watch('a cap', made.changeRules({ maxDeletions: 100 }));
    watch('read again', made.reread(watchedSources()));
    assert.equal(made.totals.going, 100);
  });

  it('when tags are picked by hand and picks are taken back, and when lists are read again after many steps', () => {
    const made = draft();
    for (let step = 0; step < 20; step++) watch('a pick', made.keepByHand([step]));
    watch('undo', made.undo());
    watch('all', made.deleteByHand('shown'));
    assert.equal(made.pickedCount, repositories * tagsOfEach);
    watch('read again', made.reread(watchedSources()));
    assert.equal(made.pickedCount, repositories * tagsOfEach);
    assert.equal([...made.picked()].length, made.pickedCount);
  });

  it('when marks are worked out, and before a run', () => {
    const sources = watchedSources();
    const made = watch(
      'create',
      PlanDraft.create({ sources, policy: policyOf(), protect: compileProtect(['latest']), maxDeletions: 0, now: NOW }),
    );
    watch('marks', listMarks(sources));
    watch('mark of what goes', goingMark(made.batch()));
    const keeping = { protect: compileProtect(['latest']), usesOf: () => noUses };
    assert.equal(watch('newly kept', newlyKept(made.batch(), keeping, keeping)), undefined);
    const tagsOf = new Map(sources.map(({ repository, tags }) => [repository.name, tags]));
    const today = {
      ...keeping,
      maxDeletions: 0,
      repository: ({ name }: { readonly name: string }) => ({ tags: tagsOf.get(name)! }),
    };
    const result = watch('before a run', stillDeletable({ ...keeping, batch: made.batch(), now: NOW }, today));
    assert.ok('batch' in result);
  });

  it('when plans of many policies are joined, each plan being asked for its policy a few times', () => {
    let asked = 0;
    const judgedOf = (count: number) =>
      watchedSources(count).map(({ repository, tags }, index) => {
        const policy = policyOf({ maxDeletions: 1 + (index % 3) });
        const { plan } = planByPolicy({ repository, tags, policy, now: NOW, asOf: NOW, protect: compileProtect([]) });
        return {
          plan,
          get policy() {
            return (asked++, policy);
          },
        };
      });
    const judged = judgedOf(repositories);
    const batch = watch('batch', makePolicyBatch(judged, { maxDeletions: 0 }));
    assert.ok(asked <= 5 * repositories, `${asked} times`);
    assert.equal(batch.plans.length, repositories);
    assert.equal(batch.total, repositories * 2);
  });
});
