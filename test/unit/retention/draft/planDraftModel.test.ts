import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DraftSource } from '../../../../src/retention/draft/draftTable.ts';
import { hasMoved } from '../../../../src/retention/tags/moved.ts';
import type { PlanDraft } from '../../../../src/retention/draft/planDraft.ts';
import type { Policy } from '../../../../src/retention/policy/policy.ts';
import { judge } from '../../../../src/retention/plan/policyPlan.ts';
import { prepareTags } from '../../../../src/retention/plan/preparedTags.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { imageDigits } from '../../../../src/retention/tags/tagImages.ts';
import { allRows, draftOf, NOW, policies, rowName, sourceLists } from './generatedDraft.ts';

type Hand = 'keep' | 'delete';

/** What a draft should be, in the plainest words: picks by name, and each state before them. */
interface Model {
  sources: readonly DraftSource[];
  policy: Policy;
  cap: number;
  /** By `repository:tag`: the decision, and the tag as it was seen. */
  picks: Map<string, { readonly pick: Hand; readonly tag: Tag }>;
  history: Map<string, { readonly pick: Hand; readonly tag: Tag }>[];
}

const protect = compileProtect(['latest', 'keep*']);

function isImmutable(source: DraftSource, name: string): boolean {
  return source.isImmutable?.(name) === true;
}

/** Whether two tags have one digest or, with nothing known against it, the same images. */
function isSameImage(a: Tag, b: Tag): boolean {
  if (a.digest !== undefined && b.digest !== undefined) {
    return a.digest === b.digest || (a.images !== undefined && a.images === b.images);
  }
  return (
    a.images !== undefined && b.images !== undefined && String(imageDigits(a.images)) === String(imageDigits(b.images))
  );
}

/** Each tag's verdict before caps. */
function expectedVerdicts(model: Model): Map<string, Hand> {
  const verdicts = new Map<string, Hand>();
  for (const source of model.sources) {
    const { policy } = model;
    const { plan } = atOnce(
      judge(atOnce(prepareTags(source.repository, source.tags)), { policy, now: NOW, protect, ...source }),
    );
    const pickOf = (tag: Tag): Hand | undefined =>
      model.picks.get(rowName({ repository: source.repository, tag }))?.pick;
    const kept = source.tags.filter((tag) => pickOf(tag) === 'keep');
    for (const { tag, verdict } of plan.verdicts) {
      const isAlias =
        policy.keepAliases &&
        kept.some(
          (other) =>
            isSameImage(other, tag) ||
            (tag.digest !== undefined && imageDigits(other.images ?? '')!.includes(tag.digest.slice(7))),
        );
      verdicts.set(rowName({ repository: source.repository, tag }), pickOf(tag) ?? (isAlias ? 'keep' : verdict));
    }
  }
  return verdicts;
}

function check(model: Model, draft: PlanDraft): void {
  const rows = allRows(draft);
  const expected = expectedVerdicts(model);
  assert.equal(rows.length, expected.size);
  assert.deepEqual(
    new Map(rows.flatMap((row) => (row.byHand ? [[rowName(row), row.byHand] as const] : []))),
    new Map(
      rows.flatMap((row) =>
        model.picks.has(rowName(row)) ? [[rowName(row), model.picks.get(rowName(row))!.pick] as const] : [],
      ),
    ),
  );
  for (const row of rows) {
    const wanted = expected.get(rowName(row));
    if (row.reason.kind === 'overCap') assert.equal(wanted, 'delete');
    else assert.equal(row.verdict, wanted, rowName(row));
  }
  const batch = draft.batch();
  const caps = [model.cap, model.policy.maxDeletions].filter((cap) => cap > 0);
  const wished = [...expected.values()].filter((verdict) => verdict === 'delete').length;
  assert.equal(batch.total, Math.min(wished, ...caps));
  // What runs is what is shown (invariant 1), frozen, and never immutable.
  const going = batch.plans.flatMap(({ repository, going }) => going.map((tag) => rowName({ repository, tag })));
  assert.deepEqual(
    going.toSorted(),
    rows
      .filter(({ verdict }) => verdict === 'delete')
      .map(rowName)
      .sort(),
  );
  assert.ok(
    [
      batch,
      batch.plans,
      ...batch.plans,
      ...batch.plans.flatMap(({ verdicts, going }) => [verdicts, going, ...verdicts, ...going]),
    ].every(Object.isFrozen),
  );
  for (const source of model.sources) {
    const plan = batch.plans.find(({ repository }) => repository.name === source.repository.name)!;
    assert.ok(!plan.going.some(({ name }) => isImmutable(source, name)));
    assert.equal(plan.emptiesRepository, plan.going.length > 0 && plan.staying.length === 0);
  }
  assert.equal(draft.canUndo, model.history.length > 0);
}

/** Does something to both, and compares them. */
class Step implements fc.Command<Model, PlanDraft> {
  readonly #text: string;
  readonly #run: (model: Model, draft: PlanDraft) => void;

  constructor(text: string, run: (model: Model, draft: PlanDraft) => void) {
    this.#text = text;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, draft: PlanDraft): void {
    this.#run(model, draft);
    check(model, draft);
  }

  toString(): string {
    return this.#text;
  }
}

function decide(model: Model, draft: PlanDraft, pick: Hand | undefined, positions: readonly number[]): void {
  const shown = draft.rows(0, draft.rowCount);
  const chosen = shown.length === 0 ? [] : positions.map((position) => position % shown.length);
  const picks = new Map(model.picks);
  for (const at of chosen) {
    const { repository, tag } = shown[at]!;
    const source = model.sources.find((each) => each.repository.name === repository.name)!;
    if (pick === undefined) {
      picks.delete(rowName(shown[at]!));
    } else if ((pick === 'keep' || !isImmutable(source, tag.name)) && picks.get(rowName(shown[at]!))?.pick !== pick) {
      picks.set(rowName(shown[at]!), { pick, tag });
    }
  }
  if (!sameDecisions(picks, model.picks)) {
    model.history.push(model.picks);
    model.picks = picks;
  }
  atOnce(
    pick === 'keep' ? draft.keepByHand(chosen) : pick === 'delete' ? draft.deleteByHand(chosen) : draft.byRule(chosen),
  );
}

function sameDecisions(a: Model['picks'], b: Model['picks']): boolean {
  return a.size === b.size && [...a].every(([name, { pick }]) => b.get(name)?.pick === pick);
}

function undo(model: Model, draft: PlanDraft): void {
  model.picks = model.history.pop() ?? model.picks;
  atOnce(draft.undo());
}

/** The lists again, in another order, some tags of them pushed again. */
function reread(model: Model, draft: PlanDraft, moved: number): void {
  const sources = model.sources.map((source) => ({
    ...source,
    tags: source.tags
      .toReversed()
      .map((tag, i) => ((i + moved) % 3 === 0 ? { ...tag, pushedAt: NOW - 1000 * moved } : tag)),
  }));
  const valid = (picks: Model['picks']): Model['picks'] =>
    new Map(
      [...picks].flatMap(([name, { pick, tag }]) => {
        const found = sources.flatMap(({ repository, tags }) =>
          tags.filter((each) => rowName({ repository, tag: each }) === name),
        )[0]!;
        return pick === 'delete' && hasMoved(tag, found) ? [] : [[name, { pick, tag: found }] as const];
      }),
    );
  model.sources = sources;
  model.picks = valid(model.picks);
  model.history = model.history.map(valid);
  atOnce(draft.reread(sources));
}

describe('a draft under any sequence of decisions', () => {
  it('is what a plain model says: verdicts, picks, the way back, the batch', () => {
    const positions = fc.array(fc.nat(), { minLength: 1, maxLength: 3 });
    const orders = fc.record({
      by: fc.constantFrom('name' as const, 'age' as const, 'verdict' as const, 'reason' as const),
      descending: fc.boolean(),
    });
    const step = (text: string, run: (model: Model, draft: PlanDraft) => void): fc.Command<Model, PlanDraft> =>
      new Step(text, run);
    const commands = fc.commands(
      [
        positions.map((rows) => step(`keep ${rows.join()}`, (model, draft) => decide(model, draft, 'keep', rows))),
        positions.map((rows) => step(`delete ${rows.join()}`, (model, draft) => decide(model, draft, 'delete', rows))),
        positions.map((rows) => step(`rule ${rows.join()}`, (model, draft) => decide(model, draft, undefined, rows))),
        fc.constant(step('undo', undo)),
        policies.map((policy) =>
          step('change', (model, draft) => {
            model.policy = policy;
            atOnce(draft.change(policy));
          }),
        ),
        fc.constantFrom(0, 2, 4).map((cap) =>
          step(`cap ${cap}`, (model, draft) => {
            model.cap = cap;
            atOnce(draft.changeRules({ maxDeletions: cap }));
          }),
        ),
        orders.map((sort) => step(`order by ${sort.by}`, (_, draft) => void atOnce(draft.order(sort, { text: 'a' })))),
        fc.nat({ max: 2 }).map((moved) => step(`reread ${moved}`, (model, draft) => reread(model, draft, moved))),
      ],
      { maxCommands: 12 },
    );
    fc.assert(
      fc.property(sourceLists, policies, commands, (sources, policy, steps) => {
        fc.modelRun(
          () => ({
            model: { sources, policy, cap: 0, picks: new Map(), history: [] },
            real: draftOf(sources, { policy }),
          }),
          steps,
        );
      }),
      { numRuns: 300 },
    );
  });
});
