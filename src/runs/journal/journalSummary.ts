import type { FileHandle } from 'node:fs/promises';
import type { Account } from '../../hub/wire/account.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { JournalError, readLine, type JournalLine, type RunPolicy } from './journalLine.ts';
import type { Outcome } from '../outcome/outcome.ts';
import { splitLines } from './splitLines.ts';

/** What a list of runs shows of one, see `readSummary`. */
export interface JournalSummary {
  readonly id: string;
  readonly account: Account;
  readonly policy: RunPolicy;
  /** When it was begun (ms since the epoch). */
  readonly startedAt: number;
  /** The first repository of the run, and how many there are. */
  readonly repository: RepositoryName;
  readonly repositories: number;
  /** How many tags the user confirmed. */
  readonly planned: number;
  /** `open`: it goes on right now, or was interrupted; `ended`; `left`: interrupted, and the user wants no more of it. */
  readonly state: 'open' | 'ended' | 'left';
  /** Whether the user had cancelled it; only while it is open: its window died before the requests under way were answered. */
  readonly cancelled?: true;
  /** How its tags ended, as its end says; missing while it is open. */
  readonly counts?: Readonly<Record<Outcome['kind'], number>>;
  /** How a whole repository ended, in a run that deletes one; missing while it is open. */
  readonly repositoryEnded?: Outcome['kind'];
  /** When it ended or was left (ms since the epoch); missing while it is open. */
  readonly endedAt?: number;
  /** How many tags were put back. Of a run that went on after that, and was so long that its journal's end does not tell, those since. */
  readonly restored: number;
}

/** Bytes that are read at the beginning and at the end of a journal. */
const atEachEnd = 64 * 1024;

/** What the lines at the end of a journal tell. */
interface Ending {
  /** The last line that says whether the run goes on; missing where there are only others. */
  readonly last?: JournalLine;
  /** Whether the user has cancelled it since it was last begun or resumed. */
  readonly cancelled: boolean;
  readonly restored: number;
}

/**
 * Sums a journal up from its first line and its last 64 KB, or from all of it where these hold nothing but tags that were put back. Damage in
 * the middle goes unnoticed (see `readJournal`).
 * @throws JournalError `newer` or `damaged`; `missing` where it has no first line, so that nothing was deleted
 */
export async function readSummary(file: FileHandle): Promise<JournalSummary> {
  const { size } = await file.stat();
  const head = headOf(await readText(file, 0));
  const from = Math.max(0, size - atEachEnd);
  const lines = (await readText(file, from)).split('\n');
  // What stands before the first line end is the rest of a line.
  let ending = endingOf(from > 0 ? lines.slice(1) : lines);
  if (!ending.last && from > 0) ending = await endingOfAll(file);
  const { id, account, origins, policy, at: startedAt, repository, repositories, planned } = head;
  const { last, cancelled, restored } = ending;
  return {
    id,
    account: { ...account, origins },
    policy,
    startedAt,
    repository,
    repositories,
    planned,
    restored,
    ...(last?.type === 'end'
      ? {
          state: last.left ? 'left' : 'ended',
          counts: last.counts,
          endedAt: last.at,
          ...(last.repository && { repositoryEnded: last.repository }),
        }
      : { state: 'open', ...(cancelled && { cancelled }) }),
  };
}

function headOf(text: string): Extract<JournalLine, { type: 'run' }> {
  const end = text.indexOf('\n');
  const line = readLine(end < 0 ? text : text.slice(0, end));
  if (line?.type === 'run') return line;
  if (line || (end >= 0 && end < text.length - 1) || text.length >= atEachEnd) {
    throw new JournalError('damaged', 'Line 1 of the journal cannot be read.');
  }
  throw new JournalError('missing', 'The journal has no first line.');
}

function endingOf(texts: readonly string[]): Ending {
  let last: JournalLine | undefined;
  for (const text of texts.toReversed()) {
    last = isRestored(text) ? undefined : readLine(text);
    if (last) break;
  }
  return {
    ...(last && { last }),
    restored: texts.filter(isRestored).length,
    cancelled: texts.reduce(cancelledBy, false),
  };
}

async function endingOfAll(file: FileHandle): Promise<Ending> {
  let last: JournalLine | undefined;
  let [restored, cancelled] = [0, false];
  for await (const text of splitLines(
    file.createReadStream({ start: 0, autoClose: false, encoding: 'utf8' }) as AsyncIterable<string>,
  )) {
    if (isRestored(text)) restored++;
    else last = readLine(text) ?? last;
    cancelled = cancelledBy(cancelled, text);
  }
  return { ...(last && { last }), restored, cancelled };
}

/** Whether a run is cancelled behind a line, by whether it was before. The few lines behind a stop are those of requests that were under way. */
function cancelledBy(before: boolean, text: string): boolean {
  if (text.startsWith('{"type":"resume",')) return before && readLine(text) === undefined;
  return before || (text.startsWith('{"type":"stop",') && isCancel(readLine(text)));
}

function isCancel(line: JournalLine | undefined): boolean {
  return line?.type === 'stop' && line.reason === 'cancelled';
}

/** A whole line about a tag that was put back; there may be thousands, of which nothing else is asked. */
function isRestored(text: string): boolean {
  return text.startsWith('{"type":"restored",') && text.endsWith('}');
}

async function readText(file: FileHandle, position: number): Promise<string> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(atEachEnd), position });
  return buffer.toString('utf8', 0, bytesRead);
}
