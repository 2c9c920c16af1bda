import { setImmediate as turn } from 'node:timers/promises';
import { csvText } from '../../src/text/csvText.ts';
import { bytesOf, csvPieces, jsonPieces, piecesOf } from '../../src/text/exportPieces.ts';
import { planCsvPieces, planJsonPieces } from '../../src/text/planExport.ts';
import { planLines, stayingText } from '../../src/text/planText.ts';
import { recordLines, tallyOf } from '../../src/text/recordReport.ts';
import { runLines, runSummary } from '../../src/text/runReport.ts';
import { systemClock } from '../../src/async/clock.ts';
import { HubError } from '../../src/hub/wire/hubError.ts';
import { inSlices } from '../../src/async/inSlices.ts';
import { Journal, type RunHead } from '../../src/runs/journal/journal.ts';
import { JournalFolder, newRunId } from '../../src/runs/journal/journalFolder.ts';
import { prepareResume } from '../../src/runs/resume.ts';
import { run } from '../../src/runs/run/run.ts';
import { Tally } from '../../src/runs/outcome/tally.ts';
import { parseAge } from '../../src/retention/tags/age.ts';
import { makeBatchSliced } from '../../src/retention/plan/batch.ts';
import { withoutEmptying } from '../../src/retention/plan/plan.ts';
import { PlanDraft } from '../../src/retention/draft/planDraft.ts';
import { policyOlderThan, type Policy } from '../../src/retention/policy/policy.ts';
import { compileProtect } from '../../src/retention/policy/protect.ts';
import type { Tag } from '../../src/retention/tags/tag.ts';
import { noUses } from '../../src/retention/plan/uses.ts';
import { TextDocuments } from '../../src/editor/ui/textDocuments.ts';
import { planByAgeSliced } from '../unit/retention/plan/planByAge.ts';

/** Does and measures one step of the way. @returns what it came to */
export type Measure = <T>(name: string, work: () => T | Promise<T>) => Promise<T>;

const apart = 300_000;
const repository = { namespace: 'team', name: 'api' };

/** Takes so many tags of one repository the whole way that a prune goes, and what comes after it. @param folder for journals */
export async function steps(count: number, folder: string, measure: Measure): Promise<void> {
  const now = Date.now();
  const tags = JSON.parse(JSON.stringify(Array.from({ length: count }, (_, i) => tagOf(i, now)))) as Tag[];
  const mixed = tags.map((_, i) => tags[(i * 7919) % count]!);
  const protect = compileProtect(['latest', 'v[0-9]*', '*-keep']);
  const input = { repository, tags, cutoff: now - 10 * apart, asOf: now, protect, inDateOrder: true };
  const plan = await measure('plan, all but ten go', () => inSlices(planByAgeSliced(input)));
  await measure('plan again', () => inSlices(planByAgeSliced(input)));
  await measure('plan a list in no order', () => inSlices(planByAgeSliced({ ...input, tags: mixed })));
  const younger = await measure('plan, all stay', () => inSlices(planByAgeSliced({ ...input, cutoff: 0 })));
  const batch = await measure('batch', () => inSlices(makeBatchSliced([plan], { maxDeletions: 0 })));
  await measure('batch under a cap', () => inSlices(makeBatchSliced([plan], { maxDeletions: count / 2 })));
  await measure('keep the newest', () => inSlices(withoutEmptying({ ...plan, emptiesRepository: true })));
  await measure('facts of the plan', () => stayingText([younger]));
  const documents = new TextDocuments();
  await measure('document of the plan', () => documents.show('plan', planLines(batch, 'headline')));
  await measure('file of the plan', () => inSlices(bytesOf(piecesOf(planLines(batch, 'headline')))));

  const journals = new JournalFolder(folder);
  const head: RunHead = {
    id: newRunId(now),
    account: {
      name: 'ada',
      kind: 'user',
      origins: {
        api: 'https://hub.docker.com',
        registry: 'https://registry-1.docker.io',
        token: 'https://auth.docker.io',
      },
    },
    policy: { kind: 'olderThan', age: '90 days' },
  };
  const file = await journals.create(head.id);
  const journal = new Journal(file, systemClock);
  await measure('begin the journal', () => journal.begin(head, batch));
  const tally = new Tally();
  await measure('run, canceled after 1%', async () => {
    const controller = new AbortController();
    for await (const event of run(batch, { remover, journal, clock: systemClock, signal: controller.signal })) {
      tally.add(event);
      if (tally.ended === count / 100) controller.abort();
    }
  });
  await measure('summary', () => runSummary(tally, 'team/api'));
  await measure('report of the run', () => documents.show('report', runLines(tally, 'team/api')));
  await measure('end the journal', () => journal.end(tally.counts));
  await file.close(true);

  await measure('row of the runs view', () => journals.summary(head.id));
  const record = await measure('read the journal', () => journals.read(head.id));
  const recorded = await measure('account of the journal', () => inSlices(tallyOf(record)));
  await measure('report of the journal', () => documents.show('report', recordLines(record, recorded)));
  const parts = {
    remover,
    deletionRules: async () => ({}),
    usesOf: () => noUses,
    policiesOf: () => [],
    admission: { lane: 'background' },
    protect,
    maxDeletions: 0,
  } as const;
  await measure('prepare to go on', () => prepareResume(record, { ...parts, list: async () => ({ ...input, tags }) }));
  const moved = tags.map((tag) => ({ ...tag, pushedAt: tag.pushedAt! + 1 }));
  const { settled } = await measure('prepare, all pushed again', () =>
    prepareResume(record, { ...parts, list: async () => ({ ...input, tags: moved }) }),
  );
  const reopened = await journals.reopen(head.id);
  const goingOn = new Journal(reopened, systemClock);
  await goingOn.resume(0, false);
  await measure('write down what is settled', () => goingOn.noteAll(settled));
  await goingOn.end(tally.counts);
  await reopened.close(true);
  await measure('read the longer journal', () => journals.read(head.id));
  await measure('export as CSV', () => inSlices(bytesOf(csvPieces(record, csvText))));
  await measure('export as JSON', () => inSlices(bytesOf(jsonPieces(record, recorded))));
  await draftSteps(mixed, now, measure);
}

/** The plan as it is looked at: judged, judged again, counted, sorted, picked, exported. */
async function draftSteps(tags: readonly Tag[], now: number, measure: Measure): Promise<void> {
  const policyOf = (age: string): Policy => ({
    ...policyOlderThan(parseAge(age, now)),
    keepNewest: 10,
    keepVersions: { majors: 2, minors: 3, patches: 1 },
  });
  const source = { repository, tags, asOf: now, inDateOrder: false };
  const draft = await measure('draft', () =>
    inSlices(
      PlanDraft.create({
        sources: [source],
        policy: policyOf('90 days'),
        protect: compileProtect(['latest']),
        maxDeletions: 0,
        now,
      }),
    ),
  );
  await measure('draft: bars', () => draft.histogram('tags', 60));
  await measure('draft: other policy', () => inSlices(draft.change(policyOf('120 days'))));
  await measure('draft: other policy again', () => inSlices(draft.change(policyOf('150 days'))));
  await measure('draft: bars again', () => draft.histogram('tags', 60));
  await measure('draft: bars of sizes', () => draft.histogram('size', 60));
  for (const by of ['verdict', 'name', 'reason', 'age', 'size', 'digest', 'pulled'] as const) {
    await measure(`draft: order by ${by}`, () => inSlices(draft.order({ by, descending: true }, { text: '7' })));
  }
  await measure('draft: filter', () =>
    inSlices(draft.order({ by: 'pulled', descending: true }, { verdict: 'delete' })),
  );
  await measure('draft: keep all shown', () => inSlices(draft.keepByHand('shown')));
  await measure('draft: undo', () => inSlices(draft.undo()));
  await measure('draft as CSV', () => inSlices(bytesOf(planCsvPieces(draft.settled, csvText, ({ kind }) => kind))));
  await measure('draft as JSON', () => inSlices(bytesOf(planJsonPieces(draft.settled, {}))));
}

function tagOf(index: number, now: number): Tag {
  return {
    name: `build-${100_000 + index}`,
    digest: `sha256:${String(index).padStart(64, '0')}`,
    pushedAt: now - index * apart,
    pulledAt: now - index * (apart / 2),
    size: 20_000_000 + index,
  };
}

/** A Docker Hub that answers in the next turn. */
const remover = {
  parallelism: (most: number) => most,
  async deleteTag(
    _repository: unknown,
    _tag: unknown,
    { beforeSend }: { readonly beforeSend?: () => void },
  ): Promise<void> {
    beforeSend?.();
    await turn();
  },
  tag: () => Promise.reject(new HubError({ kind: 'notFound', status: 404 })),
  tagPage: async () => ({ rows: [{ name: 'newest', pushedAt: Date.now() }] }),
  repository: async () => ({}),
};
