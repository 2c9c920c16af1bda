import type { JournalRecord } from '../runs/journal/journalRecord.ts';
import { recordRows } from '../runs/journal/recordRows.ts';
import type { Tally } from '../runs/outcome/tally.ts';
import { slicesOf, type Sliced } from '../async/sliced.ts';

/** Writes rows as CSV, see `csvText`. */
export type CsvWriter = (rows: readonly object[], header: boolean) => string;

/** Every tag of a run as CSV, in pieces. */
export function csvPieces(record: JournalRecord, csvText: CsvWriter): Generator<string, void> {
  return csvRowPieces(recordRows(record), csvText);
}

/** Rows as CSV under a line of headings, in pieces. */
export function* csvRowPieces(all: Iterable<object>, csvText: CsvWriter): Generator<string, void> {
  let header = true;
  for (const rows of slicesOf(all)) {
    yield csvText(rows, header);
    header = false;
  }
}

/** A run and every tag of it as JSON, in pieces. @param tally see `tallyOf` */
export function jsonPieces(record: JournalRecord, tally: Tally): Generator<string, void> {
  const { id, account, policy, startedAt, confirmedAt, planned, ended, left } = record;
  const instants = { startedAt: new Date(startedAt).toISOString(), confirmedAt: new Date(confirmedAt).toISOString() };
  const head = {
    id,
    account: account.name,
    api: account.origins.api,
    policy,
    ...instants,
    planned,
    ended,
    left,
    counts: tally.counts,
  };
  return jsonRowPieces(head, recordRows(record));
}

/** An object as JSON, to which rows are added as its property `tags`, in pieces. */
export function* jsonRowPieces(head: object, all: Iterable<object>): Generator<string, void> {
  // The last property of all, so that what closes it and the whole can be left for the end.
  yield JSON.stringify({ ...head, tags: [] }, undefined, 2).slice(0, -']\n}'.length);
  let separator = '';
  for (const rows of slicesOf(all)) {
    yield separator + JSON.stringify(rows, undefined, 2).slice('['.length, -'\n]'.length).replaceAll('\n', '\n  ');
    separator = ',';
  }
  yield '\n  ]\n}\n';
}

/** Lines as a text in pieces, each line ended. */
export function* piecesOf(lines: Iterable<string>): Generator<string, void> {
  for (const slice of slicesOf(lines)) yield `${slice.join('\n')}\n`;
}

/** The bytes (UTF-8) of a text in pieces. */
export function* bytesOf(pieces: Iterable<string>): Sliced<Uint8Array> {
  const parts: Buffer[] = [];
  for (const piece of pieces) {
    parts.push(Buffer.from(piece));
    yield;
  }
  // Not `Buffer.concat`, which copies all of it in one go.
  const all = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
    yield;
  }
  return all;
}
