import { readLine } from '../../src/runs/journal/journalLine.ts';
import type { RequestRecord } from '../hub/requestRecord.ts';
import { takeCancelNote } from './cancelSignal.ts';
import { readSentAt } from './pruneTask.ts';

/** What a watch of cancels is made of. */
export interface CancelWatchParts {
  /** Where the process leaves its note (`cancelSignal`). */
  readonly folder: string;
  /** How many times as fast as real time the soak's clock runs. */
  readonly speed: number;
  /** Whether the journal must hold the cancel soon. */
  readonly durableStops: boolean;
  /** Where to say what must not have happened. */
  readonly violations: string[];
}

/** Real time (ms) within which a cancel has to be durable, whatever hangs: invariant 8 says at once, and the machine may be busy. */
const durableWithin = 300;

/** Watches that a cancelled process starts no DELETE any more, and that its journal knows of the cancel (invariant 8). */
export class CancelWatch {
  readonly #parts: CancelWatchParts;
  #sent: { readonly path: string; readonly at: number }[] = [];

  constructor(parts: CancelWatchParts) {
    this.#parts = parts;
  }

  /** To be told of each request as it comes. */
  arrived({ method, path, userAgent }: RequestRecord): void {
    if (method === 'DELETE') this.#sent.push({ path, at: readSentAt(userAgent) });
  }

  /**
   * After a process has ended.
   * @param journal its text
   * @param endedAt ms, the soak's clock
   * @returns whether it had been cancelled
   */
  ended(journal: string, endedAt: number): boolean {
    const { folder, speed, durableStops, violations } = this.#parts;
    const sent = this.#sent;
    this.#sent = [];
    const cancelledAt = takeCancelNote(folder);
    if (cancelledAt === undefined) return false;
    for (const { path, at } of sent) {
      if (at > cancelledAt) violations.push(`DELETE ${path}, sent ${(at - cancelledAt) / speed} ms after Cancel`);
    }
    const since = (endedAt - cancelledAt) / speed;
    if (durableStops && since >= durableWithin && !isCancelled(journal)) {
      violations.push(`${since} ms after Cancel the journal does not know of it`);
    }
    return true;
  }
}

/** Whether the last session of a journal was cancelled, or came to its end or stopped by itself before. */
function isCancelled(journal: string): boolean {
  const lines = journal
    .split('\n')
    .flatMap((text) => (/^\{"type":"(?:resume|ready|stop|end)"/.test(text) ? (readLine(text) ?? []) : []));
  const session = lines.slice(
    Math.max(
      0,
      lines.findLastIndex(({ type }) => type === 'resume' || type === 'ready'),
    ),
  );
  return session.some((line) => line.type === 'end' || (line.type === 'stop' && !line.repository));
}
