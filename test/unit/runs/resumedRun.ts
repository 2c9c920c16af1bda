import assert from 'node:assert/strict';
import type { TagListing } from '../../../src/hub/listing/tagListing.ts';
import type { JournalRecord, RecordedPlan } from '../../../src/runs/journal/journalRecord.ts';
import {
  checkConfirmed,
  prepareResume,
  type ConfirmedResumption,
  type ResumeParts,
  type Resumption,
} from '../../../src/runs/resume.ts';
import type { RepositoryName } from '../../../src/retention/tags/repositoryName.ts';
import type { Policy } from '../../../src/retention/policy/policy.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { noUses, type Uses } from '../../../src/retention/plan/uses.ts';
import { FakeClock, noon } from '../fakeClock.ts';
import { FakeRemover, refusal, type Call, type Fault } from './run/fakeRemover.ts';
import { api } from './run/runToEnd.ts';

/** When runs are resumed here. */
export const tomorrow = noon + 24 * 3_600_000;

/** What is there today, and what holds. */
export interface ResumeWorld {
  /** Tags of `api`; `undefined`: the repository is gone. */
  readonly there: readonly Tag[] | undefined;
  /** Other repositories and their tags. */
  readonly others?: readonly (readonly [RepositoryName, readonly Tag[]])[];
  readonly protect?: readonly string[];
  readonly maxDeletions?: number;
  readonly script?: (call: Call) => Fault;
  /** In place of the list of what is there. */
  readonly list?: () => Promise<TagListing>;
  readonly immutable?: readonly string[];
  /** Bytes that the repositories store. */
  readonly storageSize?: number;
  readonly uses?: Uses;
  readonly policies?: readonly Policy[] | ((plan: RecordedPlan) => readonly Policy[]);
  readonly asOf?: number;
}

/** Prepares to resume a run against what is there today, and checks that no open tag has two outcomes. */
export function resumed(record: JournalRecord, world: ResumeWorld) {
  return against(world, (parts) => prepareResume(record, parts));
}

/** The same once the user has confirmed it, against what is there by then. */
export function confirmed(record: JournalRecord, asked: Resumption, world: ResumeWorld) {
  return against(world, (parts) => checkConfirmed(record, asked, parts));
}

async function against<T extends Resumption | ConfirmedResumption>(
  {
    there,
    others = [],
    protect = [],
    maxDeletions = 0,
    script,
    list,
    immutable,
    storageSize,
    uses = noUses,
    policies = [],
    asOf = tomorrow,
  }: ResumeWorld,
  work: (parts: ResumeParts) => Promise<T>,
) {
  const remover = new FakeRemover(new FakeClock({ hurries: true, now: tomorrow }), script);
  if (there) remover.add(api, there);
  for (const [repository, tags] of others) remover.add(repository, tags);
  const lists: string[] = [];
  const resumption = await work({
    remover,
    list: async (repository) => {
      lists.push(repository.name);
      if (list) return list();
      const tags = remover.repositories.get(`${repository.namespace}/${repository.name}`);
      if (!tags) throw refusal(404);
      return { repository, tags: [...tags.values()], asOf, inDateOrder: true };
    },
    deletionRules: async () => ({
      ...(immutable && { isImmutable: (name: string) => immutable.includes(name) }),
      ...(storageSize !== undefined && { storageSize }),
    }),
    usesOf: () => uses,
    policiesOf: typeof policies === 'function' ? policies : () => policies,
    admission: { lane: 'background' },
    protect: compileProtect(protect),
    maxDeletions,
  });
  const { batch, settled } = resumption;
  return {
    ...resumption,
    resumption,
    remover,
    lists,
    going: batch.plans.flatMap(({ going }) => going.map(({ name }) => name)),
    ends: endsOf(settled),
  };
}

/** `kind` or `kind reason` by tag. */
function endsOf(settled: Resumption['settled']): Record<string, string> {
  const ends: Record<string, string> = {};
  for (const event of settled) {
    if (event.type !== 'outcome') continue;
    const { tag, outcome } = event;
    assert.ok(!(tag.name in ends), `${tag.name} has two outcomes`);
    const reason =
      'reason' in outcome && outcome.reason
        ? ` ${typeof outcome.reason === 'string' ? outcome.reason : outcome.reason.kind}`
        : '';
    ends[tag.name] = outcome.kind + reason;
  }
  return ends;
}
