import type { Account } from '../../hub/wire/account.ts';
import type { KeepReason } from '../../retention/plan/plan.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { packImages } from '../../retention/tags/tagImages.ts';
import { JournalError, readLine, type JournalLine, type RunPolicy } from './journalLine.ts';
import type { Outcome, Stop } from '../outcome/outcome.ts';

/** What a journal says of one planned tag. Without an outcome it was not reached or, with an intent, it is open whether its DELETE came through. */
export interface RecordedTag {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly intended: boolean;
  readonly outcome?: Outcome;
  readonly restored: boolean;
}

/** The place where a policy was written. */
export interface RecordedSource {
  /** Tells sources apart: the address of a file, or `user` for the settings. */
  readonly key: string;
  /** What people call it. */
  readonly label: string;
}

/** One plan of a run, as its journal has it. */
export interface RecordedPlan {
  readonly repository: RepositoryName;
  /** Instants, ms since the epoch. */
  readonly asOf: number;
  readonly cutoff?: number;
  /** What it was judged by, as the JSON that `checkPolicy` reads; missing in a run by age alone and for picked tags. */
  readonly policy?: string;
  /** Where that policy was written; missing in journals before version 3, and where it was written nowhere. */
  readonly source?: RecordedSource;
  /** Tags that go because they were picked by hand, in a plan that was judged by a policy. */
  readonly picked: ReadonlySet<string>;
  /** Attachments that go, by name, each with the names of the tags of the plan that hold its subject; one that goes alone is missing. */
  readonly attached: ReadonlyMap<string, readonly string[]>;
  readonly emptiesRepository: boolean;
  /** How many tags stay, and for each reason as many names as the journal has. */
  readonly staying: number;
  readonly kept: readonly { readonly reason: KeepReason; readonly count: number; readonly names: readonly string[] }[];
  /** By name, the first to be deleted first. */
  readonly tags: ReadonlyMap<string, RecordedTag>;
}

/** A run as its journal tells it. */
export interface JournalRecord {
  readonly id: string;
  readonly account: Account;
  readonly policy: RunPolicy;
  /** When it was begun (ms since the epoch). */
  readonly startedAt: number;
  /** When the user last confirmed it. */
  readonly confirmedAt: number;
  /** The instant of the last line that has one, those of tags that were put back excepted: they are no part of the run. */
  readonly lastAt: number;
  /** How many tags the user confirmed. */
  readonly planned: number;
  readonly plans: readonly RecordedPlan[];
  /** Whether all plans were taken down, without which nothing was deleted. */
  readonly ready: boolean;
  /** Early ends of its last session. */
  readonly stops: readonly Stop[];
  /** How often it was gone on with. */
  readonly resumed: number;
  /** How long (ms) it waited for the server in all; waits of several requests at one time count once, and to where they were cut short. */
  readonly waited: number;
  /** In a run that deletes a whole repository: since when (ms) its DELETE may have been sent, and how it ended. Missing where none was sent. */
  readonly wholeRepository?: { readonly intendedAt: number; readonly outcome?: Outcome };
  /** Whether it came to an end; without one it was interrupted, or goes on right now. */
  readonly ended: boolean;
  /** Whether the user let it be. */
  readonly left: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type PlanInWork = Mutable<Omit<RecordedPlan, 'kept' | 'tags' | 'picked' | 'attached'>> & {
  going: number;
  picked: Set<string>;
  attached: Map<string, readonly string[]>;
  kept: { reason: KeepReason; count: number; names: string[] }[];
  tags: Map<string, Mutable<RecordedTag>>;
};

/** Only these lines may follow one that a crash has torn: they are the first that a later session writes. */
const sessionStarts: readonly JournalLine['type'][] = ['resume', 'end', 'restored'];

/**
 * Reads a journal. A last line that is torn counts as not written, also where a later session has gone on behind it.
 * @param lines its lines without their ends
 * @throws JournalError `newer` or `damaged`; `missing` where it has no first line, so that nothing was deleted
 */
export async function readJournal(lines: AsyncIterable<string>): Promise<JournalRecord> {
  let head: Extract<JournalLine, { type: 'run' }> | undefined;
  let plan: PlanInWork | undefined;
  const plans = new Map<string, PlanInWork>();
  let wholeRepository: JournalRecord['wholeRepository'];
  const record = {
    confirmedAt: 0,
    lastAt: 0,
    ready: false,
    stops: [] as Stop[],
    resumed: 0,
    waited: 0,
    ended: false,
    left: false,
  };
  let unreadable: number | undefined;
  let waitedUntil = -Infinity;
  let number = 0;

  for await (const text of lines) {
    number++;
    if (text === '') continue;
    const line = readLine(text);
    if (unreadable !== undefined && !(line ? sessionStarts.includes(line.type) : isTornStart(text))) {
      throw damaged(unreadable);
    }
    unreadable = line ? undefined : number;
    if (!line) continue;
    if (!head) {
      if (line.type !== 'run') throw damaged(number);
      head = line;
      record.confirmedAt = line.at;
    } else if (line.type === 'run') {
      throw damaged(number);
    }
    if ('at' in line && line.type !== 'restored') record.lastAt = Math.max(record.lastAt, line.at);
    take(line);
  }
  if (!head) throw new JournalError('missing', 'The journal has no first line.');
  endWait(record.lastAt);
  const { id, account, origins, policy, at: startedAt, planned } = head;
  return {
    ...record,
    ...(wholeRepository && { wholeRepository }),
    id,
    account: { ...account, origins },
    policy,
    startedAt,
    planned,
    plans: [...plans.values()].map(({ going: _, ...plan }) => plan),
  };

  function take(line: JournalLine): void {
    switch (line.type) {
      case 'run':
        return;
      case 'plan': {
        const { repository, asOf, cutoff, policy, source, emptiesRepository, going, staying } = line;
        if (record.ready || plans.has(keyOf(repository))) throw damaged(number);
        plan = {
          repository,
          asOf,
          ...(cutoff !== undefined && { cutoff }),
          ...(policy !== undefined && { policy }),
          ...(source && { source }),
          emptiesRepository,
          going,
          staying,
          picked: new Set(),
          attached: new Map(),
          kept: [],
          tags: new Map(),
        };
        plans.set(keyOf(repository), plan);
        return;
      }
      case 'going':
        for (const [name, digest, pushedAt, size, images] of line.tags) {
          if (current().tags.has(name)) throw damaged(number);
          const tag = {
            name,
            ...(digest !== null && { digest }),
            ...(pushedAt !== null && { pushedAt }),
            ...(size !== null && { size }),
            ...(images && { images: packImages(images.map((digits) => ({ digest: `sha256:${digits}` }))) }),
          };
          current().tags.set(name, { repository: current().repository, tag, intended: false, restored: false });
        }
        return;
      case 'picked':
        for (const name of line.names) {
          if (!current().tags.has(name)) throw damaged(number);
          current().picked.add(name);
        }
        return;
      case 'attached':
        for (const [name, holders] of line.tags) {
          if (![name, ...holders].every((each) => current().tags.has(each))) throw damaged(number);
          current().attached.set(name, holders);
        }
        return;
      case 'staying': {
        const { reason, count, names } = line;
        const last = current().kept.at(-1);
        if (last && JSON.stringify(last.reason) === JSON.stringify(reason)) {
          last.count += count;
          last.names.push(...names);
        } else {
          current().kept.push({ reason, count, names: [...names] });
        }
        return;
      }
      case 'ready':
        if (record.ready || !isWhole()) throw damaged(number);
        record.ready = true;
        return;
      case 'resume':
        if (!record.ready) throw damaged(number);
        endWait(record.lastAt);
        record.resumed++;
        record.stops = [];
        record.ended = record.left = false;
        if (line.confirmed) record.confirmedAt = line.at;
        return;
      case 'intent':
        if (record.ended) throw damaged(number);
        tagOf(line).intended = true;
        delete tagOf(line).outcome;
        return;
      case 'outcome':
        // Nothing is removed without an intent; where that is lost, nothing of the journal can be believed.
        if (line.outcome.kind === 'removed' && !tagOf(line).intended) throw damaged(number);
        tagOf(line).outcome = line.outcome;
        return;
      case 'repositoryIntent':
        if (record.ended) throw damaged(number);
        for (const recorded of allTagsOf(line)) {
          recorded.intended = true;
          delete recorded.outcome;
        }
        wholeRepository = { intendedAt: line.at };
        return;
      case 'repositoryOutcome':
        if (line.outcome.kind === 'removed' && !wholeRepository) throw damaged(number);
        for (const recorded of allTagsOf(line)) recorded.outcome = line.outcome;
        if (wholeRepository) wholeRepository = { intendedAt: wholeRepository.intendedAt, outcome: line.outcome };
        return;
      case 'wait':
        record.waited += Math.max(0, line.until - Math.max(line.at, waitedUntil));
        waitedUntil = Math.max(waitedUntil, line.until);
        return;
      case 'stop': {
        const { reason, repository, failure } = line;
        record.stops.push({ reason, ...(repository && { repository }), ...(failure && { failure }) });
        return;
      }
      case 'end':
        record.ended = true;
        record.left = line.left ?? false;
        return;
      case 'restored':
        tagOf(line).restored = true;
    }
  }

  /** Cuts a wait that lasted beyond the instant `at`. */
  function endWait(at: number): void {
    if (waitedUntil > at) record.waited = Math.max(0, record.waited - (waitedUntil - at));
    waitedUntil = -Infinity;
  }

  /** Whether all plans are there that were announced, with all their tags. */
  function isWhole(): boolean {
    const all = [...plans.values()];
    const staying = ({ kept }: PlanInWork) => kept.reduce((sum, { count }) => sum + count, 0);
    return (
      all.length === head!.repositories &&
      all.every((plan) => plan.tags.size === plan.going && staying(plan) === plan.staying) &&
      all.reduce((sum, { going }) => sum + going, 0) === head!.planned
    );
  }

  /** The plan that is being taken down. */
  function current(): PlanInWork {
    if (!plan || record.ready) throw damaged(number);
    return plan;
  }

  /** Every tag of the repository that a run deletes as a whole. */
  function allTagsOf({ repository }: { readonly repository: RepositoryName }): Iterable<Mutable<RecordedTag>> {
    const found = record.ready && head!.policy.kind === 'repository' ? plans.get(keyOf(repository)) : undefined;
    if (!found) throw damaged(number);
    return found.tags.values();
  }

  function tagOf({
    repository,
    tag,
  }: {
    readonly repository: RepositoryName;
    readonly tag: string;
  }): Mutable<RecordedTag> {
    const found = record.ready ? plans.get(keyOf(repository))?.tags.get(tag) : undefined;
    if (!found) throw damaged(number);
    return found;
  }
}

/** How a tag stands by its journal: its outcome, `uncertain` with an intent and no outcome, else `notReached`. */
export function outcomeOf({ repository, intended, outcome }: RecordedTag, stops: readonly Stop[]): Outcome {
  if (outcome) return outcome;
  if (intended) return { kind: 'uncertain', failure: { kind: 'interrupted' } };
  const stop = stops.find((stop) => !stop.repository || keyOf(stop.repository) === keyOf(repository));
  return { kind: 'notReached', reason: stop?.reason ?? 'interrupted' };
}

/** Every planned tag of a run, in the order of its plans. */
export function* recordedTags({ plans }: Pick<JournalRecord, 'plans'>): Generator<RecordedTag> {
  for (const { tags } of plans) yield* tags.values();
}

/** Whether a text is all that a crash has left of a line that begins a session; blocks that never reached the disk read as zeros. */
function isTornStart(text: string): boolean {
  const written = text.replace(/\0+$/, '');
  return sessionStarts.some((type) => {
    const start = `{"type":"${type}",`;
    return start.startsWith(written) || written.startsWith(start);
  });
}

function damaged(line: number): JournalError {
  return new JournalError('damaged', `Line ${line} of the journal cannot be read.`);
}

// A journal may be a foreign one, whose names hold slashes.
function keyOf({ namespace, name }: RepositoryName): string {
  return JSON.stringify([namespace, name]);
}
