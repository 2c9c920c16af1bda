import type { KeepReason } from '../../retention/plan/plan.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { packImages } from '../../retention/tags/tagImages.ts';
import type { Stop } from '../outcome/outcome.ts';
import { JournalError, readLine, type JournalLine } from './journalLine.ts';
import { recordKey, type JournalRecord, type RecordedPlan, type RecordedTag } from './journalRecord.ts';

/**
 * Reads a journal. A last line that is torn counts as not written, even if a later session has gone on after it.
 * @param lines its lines without their ends
 * @throws JournalError `newer` or `damaged`; `missing` where it has no first line, so that nothing was deleted
 */
export async function readJournal(lines: AsyncIterable<string>): Promise<JournalRecord> {
  const reader = new JournalReader();
  for await (const text of lines) reader.take(text);
  return reader.end();
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

type LineOf<T extends JournalLine['type']> = Extract<JournalLine, { readonly type: T }>;

/** What the lines of a journal have said so far. */
class JournalReader {
  #head: LineOf<'run'> | undefined;
  #plan: PlanInWork | undefined;
  readonly #plans = new Map<string, PlanInWork>();
  #wholeRepository: JournalRecord['wholeRepository'];
  readonly #record = {
    confirmedAt: 0,
    lastAt: 0,
    ready: false,
    stops: [] as Stop[],
    resumed: 0,
    waited: 0,
    ended: false,
    left: false,
  };
  /** The number of the last line where that could not be read. */
  #unreadable: number | undefined;
  #waitedUntil = -Infinity;
  #number = 0;

  /** Takes the next line. @throws JournalError */
  take(text: string): void {
    this.#number++;
    if (text === '') return;
    const line = readLine(text);
    if (this.#unreadable !== undefined && !(line ? sessionStarts.includes(line.type) : isTornStart(text))) {
      throw damagedLine(this.#unreadable);
    }
    this.#unreadable = line ? undefined : this.#number;
    if (!line) return;
    const isFirst = this.#head === undefined;
    if (isFirst !== (line.type === 'run')) throw this.#damaged();
    if (line.type === 'run') {
      this.#head = line;
      this.#record.confirmedAt = line.at;
    }
    if ('at' in line && line.type !== 'restored') this.#record.lastAt = Math.max(this.#record.lastAt, line.at);
    this.#takeLine(line);
  }

  /** The run, once all lines are taken. @throws JournalError `missing` */
  end(): JournalRecord {
    if (!this.#head) throw new JournalError('missing', 'The journal has no first line.');
    this.#endWait(this.#record.lastAt);
    const { id, account, origins, policy, at: startedAt, planned } = this.#head;
    return {
      ...this.#record,
      ...(this.#wholeRepository && { wholeRepository: this.#wholeRepository }),
      id,
      account: { ...account, origins },
      policy,
      startedAt,
      planned,
      plans: [...this.#plans.values()].map(({ going: _, ...plan }) => plan),
    };
  }

  #takeLine(line: JournalLine): void {
    const record = this.#record;
    switch (line.type) {
      case 'run':
        return;
      case 'plan':
        return this.#beginPlan(line);
      case 'going':
        return this.#addTags(line);
      case 'picked':
        return this.#addPicked(line);
      case 'attached':
        return this.#addAttached(line);
      case 'staying':
        return this.#addKept(line);
      case 'ready':
        if (record.ready || !this.#isWhole()) throw this.#damaged();
        record.ready = true;
        return;
      case 'resume':
        return this.#resume(line);
      case 'intent':
        if (record.ended) throw this.#damaged();
        intend(this.#tagOf(line));
        return;
      case 'outcome': {
        const recorded = this.#tagOf(line);
        // Nothing is removed without an intent; where that is lost, nothing of the journal can be believed.
        if (line.outcome.kind === 'removed' && !recorded.intended) throw this.#damaged();
        recorded.outcome = line.outcome;
        return;
      }
      case 'repositoryIntent':
        if (record.ended) throw this.#damaged();
        for (const recorded of this.#allTagsOf(line)) intend(recorded);
        this.#wholeRepository = { intendedAt: line.at };
        return;
      case 'repositoryOutcome':
        return this.#endRepository(line);
      case 'wait':
        record.waited += Math.max(0, line.until - Math.max(line.at, this.#waitedUntil));
        this.#waitedUntil = Math.max(this.#waitedUntil, line.until);
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
        this.#tagOf(line).restored = true;
    }
  }

  #beginPlan({ repository, asOf, cutoff, policy, source, emptiesRepository, going, staying }: LineOf<'plan'>): void {
    const key = recordKey(repository);
    if (this.#record.ready || this.#plans.has(key)) throw this.#damaged();
    this.#plan = {
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
    this.#plans.set(key, this.#plan);
  }

  #addTags(line: LineOf<'going'>): void {
    const { repository, tags } = this.#current();
    for (const [name, digest, pushedAt, size, images] of line.tags) {
      if (tags.has(name)) throw this.#damaged();
      const tag: Tag = {
        name,
        ...(digest !== null && { digest }),
        ...(pushedAt !== null && { pushedAt }),
        ...(size !== null && { size }),
        ...(images && { images: packImages(images.map((digits) => ({ digest: `sha256:${digits}` }))) }),
      };
      tags.set(name, { repository, tag, intended: false, restored: false });
    }
  }

  #addPicked({ names }: LineOf<'picked'>): void {
    const { tags, picked } = this.#current();
    for (const name of names) {
      if (!tags.has(name)) throw this.#damaged();
      picked.add(name);
    }
  }

  #addAttached(line: LineOf<'attached'>): void {
    const { tags, attached } = this.#current();
    for (const [name, holders] of line.tags) {
      if (![name, ...holders].every((each) => tags.has(each))) throw this.#damaged();
      attached.set(name, holders);
    }
  }

  #addKept({ reason, count, names }: LineOf<'staying'>): void {
    const { kept } = this.#current();
    const last = kept.at(-1);
    if (last && JSON.stringify(last.reason) === JSON.stringify(reason)) {
      last.count += count;
      last.names.push(...names);
    } else {
      kept.push({ reason, count, names: [...names] });
    }
  }

  #resume({ confirmed, at }: LineOf<'resume'>): void {
    const record = this.#record;
    if (!record.ready) throw this.#damaged();
    this.#endWait(record.lastAt);
    record.resumed++;
    record.stops = [];
    record.ended = record.left = false;
    if (confirmed) record.confirmedAt = at;
  }

  #endRepository(line: LineOf<'repositoryOutcome'>): void {
    const { outcome } = line;
    if (outcome.kind === 'removed' && !this.#wholeRepository) throw this.#damaged();
    for (const recorded of this.#allTagsOf(line)) recorded.outcome = outcome;
    if (this.#wholeRepository) this.#wholeRepository = { intendedAt: this.#wholeRepository.intendedAt, outcome };
  }

  /** Cuts a wait that lasted beyond the instant `at`. */
  #endWait(at: number): void {
    if (this.#waitedUntil > at) this.#record.waited = Math.max(0, this.#record.waited - (this.#waitedUntil - at));
    this.#waitedUntil = -Infinity;
  }

  /** Whether all plans are there that were announced, with all their tags. */
  #isWhole(): boolean {
    const all = [...this.#plans.values()];
    const staying = ({ kept }: PlanInWork) => kept.reduce((sum, { count }) => sum + count, 0);
    return (
      all.length === this.#head?.repositories &&
      all.every((plan) => plan.tags.size === plan.going && staying(plan) === plan.staying) &&
      all.reduce((sum, { going }) => sum + going, 0) === this.#head.planned
    );
  }

  /** The plan that is being recorded. */
  #current(): PlanInWork {
    if (!this.#plan || this.#record.ready) throw this.#damaged();
    return this.#plan;
  }

  /** Every tag of the repository that a run deletes as a whole. */
  #allTagsOf({ repository }: { readonly repository: RepositoryName }): Iterable<Mutable<RecordedTag>> {
    const isWhole = this.#record.ready && this.#head?.policy.kind === 'repository';
    const found = isWhole ? this.#plans.get(recordKey(repository)) : undefined;
    if (!found) throw this.#damaged();
    return found.tags.values();
  }

  #tagOf({ repository, tag }: { readonly repository: RepositoryName; readonly tag: string }): Mutable<RecordedTag> {
    const found = this.#record.ready ? this.#plans.get(recordKey(repository))?.tags.get(tag) : undefined;
    if (!found) throw this.#damaged();
    return found;
  }

  #damaged(): JournalError {
    return damagedLine(this.#number);
  }
}

function intend(recorded: Mutable<RecordedTag>): void {
  recorded.intended = true;
  delete recorded.outcome;
}

/** Whether a text is all that a crash has left of a line that begins a session; blocks that never reached the disk read as zeros. */
function isTornStart(text: string): boolean {
  const written = text.replace(/\0+$/, '');
  return sessionStarts.some((type) => {
    const start = `{"type":"${type}",`;
    return start.startsWith(written) || written.startsWith(start);
  });
}

function damagedLine(number: number): JournalError {
  return new JournalError('damaged', `Line ${number} of the journal cannot be read.`);
}
