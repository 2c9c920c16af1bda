import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLine, type JournalLine } from '../../src/runs/journal/journalLine.ts';
import { lookIsGoodFor } from '../../src/runs/run/movedWatch.ts';
import type { Hub } from '../hub/hub.ts';
import type { RequestRecord } from '../hub/requestRecord.ts';
import { named } from '../hub/request.ts';
import { readSentAt } from './pruneTask.ts';

/** Watches one run from the server's side: each DELETE as it comes, and in the end what became of each tag. */
export class RunWatch {
  /** What must not have happened. */
  readonly violations: string[] = [];
  /** DELETEs that came, `repository:tag`, in order. */
  readonly deletes: string[] = [];
  readonly #hub: Hub;
  readonly #folder: string;
  readonly #staying: ReadonlySet<string>;
  /** When (ms, the soak's clock) tags were pushed again. */
  readonly #pushedAt = new Map<string, number>();
  readonly #saidGone = new Set<string>();
  #protected: { readonly start: string; readonly since: number } | undefined;
  /** What the process has looked at since its run began: `repository` for the beginning of the list, and `repository:tag`. */
  readonly #looked = new Set<string>();
  /** Runs that the journal had begun when the process started. */
  #begunBefore = 0;
  #deletedBefore: number;

  /** @param staying the tags that must not go, `repository:tag` */
  constructor(hub: Hub, folder: string, staying: Iterable<string>) {
    this.#hub = hub;
    this.#folder = folder;
    this.#staying = new Set(staying);
    this.#deletedBefore = hub.deleted.length;
  }

  /** The run's journal as it is on disk; empty where there is none. */
  journalText(): string {
    try {
      const [name] = readdirSync(join(this.#folder, 'journals'));
      return name === undefined ? '' : readFileSync(join(this.#folder, 'journals', name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }

  /** Its lines that are whole, out of those whose text is wanted. */
  #journalLines(wanted: (text: string) => boolean): JournalLine[] {
    return this.journalText()
      .split('\n')
      .filter(wanted)
      .flatMap((text) => readLine(text) ?? []);
  }

  /** Whether the journal has the plans of the run, against which a push is one *since the plan*. */
  get isPlanned(): boolean {
    return this.journalText().includes('\n{"type":"ready"}\n');
  }

  /** A process starts, which will look for pushes of its own before its first DELETE. */
  processStarts(): void {
    this.#looked.clear();
    this.#begunBefore = this.#begun();
  }

  /** How often the journal says that all plans are there, or that the run goes on: only looks after that are for the DELETEs. */
  #begun(): number {
    return this.journalText().match(/^\{"type":"(?:ready|resume)".*\}$/gm)?.length ?? 0;
  }

  /** A tag was pushed at an instant. */
  pushed(tag: string, at: number): void {
    this.#pushedAt.set(tag, at);
  }

  /** From an instant (ms, the soak's clock) on no DELETE may be sent of tags whose names begin so, since the policy protects them. */
  protect(start: string, since: number): void {
    this.#protected = { start, since };
  }

  /** To be told of each request as it comes, before anything is done about it. */
  arrived({ method, path, userAgent }: RequestRecord): void {
    const [pathname = '', query = ''] = path.split('?');
    const { repository = '', tag = '' } = named(pathname);
    const reference = `${repository}:${tag}`;
    if (method === 'GET' && (tag !== '' || /^page=1&/.test(query)) && this.#begun() > this.#begunBefore) {
      this.#looked.add(tag === '' ? repository : reference);
    }
    if (method !== 'DELETE') return;
    // The window is from that look, at most so long ago, to the DELETE, however young the list is that was planned.
    if (!this.#looked.has(repository) && !this.#looked.has(reference)) {
      this.violations.push(`a DELETE of ${reference} without a look since its plan`);
    }
    this.deletes.push(reference);
    const kept = this.#protected;
    if (kept && tag.startsWith(kept.start) && readSentAt(userAgent) >= kept.since) {
      this.violations.push(`a DELETE of ${reference}, which the policy protects since the run stopped`);
    }
    if (this.#staying.has(reference)) this.violations.push(`a DELETE of ${reference}, which was not planned`);
    const lines = this.#journalLines((text) => text.includes(JSON.stringify(tag))).filter(
      (line) => 'tag' in line && line.tag === tag && line.repository.name === repository,
    );
    const last = (type: string) => lines.findLastIndex((line) => line.type === type);
    if (last('intent') <= last('outcome')) {
      this.violations.push(`a DELETE of ${reference} without its intent in the journal`);
    }
    const pushedAt = this.#pushedAt.get(reference);
    const since = readSentAt(userAgent) - (pushedAt ?? NaN);
    if (since >= lookIsGoodFor) {
      this.violations.push(`a DELETE of ${reference}, which was pushed again ${since} ms before`);
    }
    if (pushedAt !== undefined && Number.isNaN(since)) {
      this.violations.push(`a DELETE of ${reference} that does not say when it was sent`);
    }
  }

  /** To be told of each request that was answered. */
  answered({ method, path, status }: RequestRecord): void {
    const { repository, tag } = named(path.split('?')[0]!);
    if (method === 'GET' && tag !== undefined && status === 404) this.#saidGone.add(`${repository}:${tag}`);
  }

  /** After a process has ended: every DELETE so far is in the journal. Catches what came in the very last moment. */
  checkJournal(): void {
    const intents = new Set<string>();
    for (const line of this.#journalLines((text) => text.includes('"intent"'))) {
      if (line.type === 'intent') intents.add(`${line.repository.name}:${line.tag}`);
    }
    for (const reference of new Set(this.deletes)) {
      if (!intents.has(reference)) {
        this.violations.push(`${reference} was deleted, and the journal does not know of it`);
      }
    }
  }

  /**
   * After the run: what was said of each planned tag is true, and nothing else is gone.
   * @param ends kind of outcome of each planned tag, `repository:tag`
   */
  checkEnd(ends: ReadonlyMap<string, string>, isThere: (tag: string) => boolean): void {
    for (const tag of this.#staying) if (!isThere(tag)) this.violations.push(`${tag} was not planned, and is gone`);
    for (const reference of this.#hub.deleted.slice(this.#deletedBefore)) {
      const tag = reference.slice(reference.indexOf('/') + 1);
      if (!ends.has(tag)) this.violations.push(`${tag} was deleted, and was not planned`);
    }
    for (const [tag, kind] of ends) {
      const there = isThere(tag);
      // It may have been pushed again when it was gone.
      if (
        (kind === 'removed' || kind === 'alreadyGone') &&
        there &&
        !this.#pushedAt.has(tag) &&
        !this.#saidGone.has(tag)
      ) {
        this.violations.push(`${tag} is ${kind}, and there`);
      }
      if ((kind === 'spared' || kind === 'failed') && !there) this.violations.push(`${tag} is ${kind}, and gone`);
      if (kind === 'uncertain' || kind === 'notReached') this.violations.push(`${tag} is ${kind} in the end`);
    }
  }
}
