import type { DraftTable } from './draftTable.ts';
import type { DeleteReason, KeepReason } from '../plan/plan.ts';
import { fullName } from '../tags/repositoryName.ts';
import { eachSliced, sortedSliced, type Sliced } from '../../async/sliced.ts';
import { compareNames, type Tag } from '../tags/tag.ts';
import type { TagKind } from '../tags/tagKind.ts';

/** Why a tag stays or goes. */
export type Reason = KeepReason | DeleteReason;

/**
 * What rows are sorted by, ascending: `verdict` what goes first; `name`, `repository` and `digest` by code unit; `reason` by kind, those for
 * going first, then strongest first, and within a kind by what the reason names; `age` youngest first; `size` smallest first; `pulled` longest ago first. Unknown counts
 * as oldest, smallest, never pulled, and as the least digest.
 */
export type DraftSortKey = 'verdict' | 'name' | 'reason' | 'age' | 'size' | 'digest' | 'pulled' | 'repository';

/** How rows are sorted. Rows that are the same in this keep the order of the table, also descending. */
export interface DraftSort {
  readonly by: DraftSortKey;
  readonly descending: boolean;
}

/** Which rows are shown: those that all given fields hold for. */
export interface DraftFilter {
  readonly verdict?: 'keep' | 'delete';
  readonly reasonKind?: Reason['kind'];
  /** What the tags stand for. */
  readonly kind?: TagKind;
  /** Part of the tag's name or of `namespace/name`, or the beginning of the digest, with `sha256:` or without; case is ignored. Empty: all. */
  readonly text?: string;
}

/** What of the verdicts the order depends on. */
export interface OrderedVerdicts {
  /** 1 for each row that goes. */
  readonly goes: Uint8Array;
  /** The reason of each row. */
  readonly reasons: readonly Reason[];
}

/** Kinds of reasons in the order that they are sorted in. */
const kinds: readonly Reason['kind'][] = [
  ...(['picked', 'older', 'unkept', 'withSubject', 'orphaned'] as const),
  ...([
    'immutable',
    'byHand',
    'protected',
    'referenced',
    'notCovered',
    'unknownAge',
    'newest',
    'version',
    'younger',
    'buildCache',
    'notVersion',
    'alias',
  ] as const),
  ...(['attachedTo', 'untaggedSubject', 'overCap', 'overShare', 'lastTag', 'unconfirmed'] as const),
];
const kindRanks = new Map<Reason['kind'], number>(kinds.map((kind, rank) => [kind, rank]));

/** The place of a kind among reasons: those for going first, then those for staying, the strongest first. */
export function reasonRank(kind: Reason['kind']): number {
  return kindRanks.get(kind)!;
}

/** Whether an order stays the same when verdicts change. */
export function isSteady({ by }: DraftSort): boolean {
  return by !== 'verdict' && by !== 'reason';
}

/** All rows of a table, sorted. */
export function* sortRows(
  table: DraftTable,
  { goes, reasons }: OrderedVerdicts,
  { by, descending }: DraftSort,
): Sliced<readonly number[]> {
  const { tags, sources, sourceOf, pushed } = table;
  const sign = descending ? -1 : 1;
  const rows: number[] = [];
  yield* eachSliced(tags.keys(), (row) => rows.push(row));
  const sorted = (keyOf: (row: number) => number, compare: (a: number, b: number) => number = () => 0) =>
    sortedSliced(
      rows,
      (row) => sign * keyOf(row),
      (a, b) => sign * compare(a, b) || a - b,
    );
  const byText = function* (textOf: (row: number) => string): Sliced<number[]> {
    const { first, second } = yield* textKeys(rows, textOf);
    return yield* sorted(
      (row) => first[row]!,
      (a, b) => second[a]! - second[b]! || compareNames(textOf(a), textOf(b)),
    );
  };
  switch (by) {
    case 'verdict':
      return yield* firstGroup(rows, (row) => (goes[row] === 1) !== descending);
    case 'name':
      return yield* byText((row) => tags[row]!.name);
    case 'reason':
      return yield* sorted(
        (row) => reasonRank(reasons[row]!.kind),
        (a, b) => compareDetails(reasons[a]!, reasons[b]!),
      );
    case 'age':
      return yield* sorted((row) => (Number.isNaN(pushed[row]!) ? Infinity : -pushed[row]!));
    case 'size':
      return yield* sorted((row) => tags[row]!.size ?? -1);
    case 'digest':
      return yield* byText((row) => tags[row]!.digest ?? '');
    case 'pulled':
      return yield* sorted((row) => pulledKey(tags[row]!));
    case 'repository': {
      const names = sources.map(({ repository }) => fullName(repository));
      const ranks = new Map([...names].sort(compareNames).map((name, rank) => [name, rank]));
      return yield* sorted((row) => ranks.get(names[sourceOf[row]!]!)!);
    }
  }
}

/** The rows that a filter lets through, in the order given. */
export function* filterRows(
  table: DraftTable,
  { goes, reasons }: OrderedVerdicts,
  rows: readonly number[],
  { verdict, reasonKind, kind, text = '' }: DraftFilter,
): Sliced<Uint32Array> {
  const part = text.toLowerCase();
  const inRepository = table.sources.map(({ repository }) => fullName(repository).toLowerCase().includes(part));
  const hasText = (row: number): boolean => {
    const { name, digest } = table.tags[row]!;
    return (
      inRepository[table.sourceOf[row]!]! ||
      name.toLowerCase().includes(part) ||
      (digest !== undefined && (digest.startsWith(part) || digest.startsWith(part, digest.indexOf(':') + 1)))
    );
  };
  const deleted = verdict === 'delete' ? 1 : 0;
  const wanted = verdict === undefined ? undefined : deleted;
  const found = new Uint32Array(rows.length);
  let count = 0;
  yield* eachSliced(rows, (row) => {
    if (wanted !== undefined && goes[row] !== wanted) return;
    if (reasonKind !== undefined && reasons[row]!.kind !== reasonKind) return;
    if (kind !== undefined && table.kinds[row] !== kind) return;
    if (hasText(row)) found[count++] = row;
  });
  return found.subarray(0, count);
}

/** First the rows of a group, then the others. */
function* firstGroup(rows: readonly number[], isFirst: (row: number) => boolean): Sliced<readonly number[]> {
  const [first, others]: [number[], number[]] = [[], []];
  yield* eachSliced(rows, (row) => (isFirst(row) ? first : others).push(row));
  return first.concat(others);
}

/**
 * Two numbers for each text, of its characters behind what all texts begin with, since numbers are compared faster. The first, then the second, order texts as
 * `compareNames` does, or leave them the same.
 */
function* textKeys(
  rows: readonly number[],
  textOf: (row: number) => string,
): Sliced<{ readonly first: Float64Array; readonly second: Float64Array }> {
  const [first, second] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  const sample = rows.length === 0 ? '' : textOf(0);
  let common = sample.length;
  yield* eachSliced(rows, (row) => {
    const text = textOf(row);
    let same = 0;
    while (same < common && text.charCodeAt(same) === sample.charCodeAt(same)) same++;
    common = same;
  });
  yield* eachSliced(rows, (row) => {
    const text = textOf(row);
    let isPlain = true;
    for (let i = 0; i < 2 * keyLength; i++) {
      const code = isPlain && common + i < text.length ? Math.min(text.charCodeAt(common + i), 127) : 0;
      // Behind a character that shares its number with others, numbers would lie.
      if (code === 127) isPlain = false;
      const key = i < keyLength ? first : second;
      key[row] = key[row]! * 128 + code;
    }
  });
  return { first, second };
}

/** Characters of seven bits that a number holds exactly. */
const keyLength = 7;

function pulledKey({ pulledAt }: Tag): number {
  return Number.isFinite(pulledAt) ? pulledAt! : -Infinity;
}

function compareDetails(a: Reason, b: Reason): number {
  if (a === b) return 0;
  const [[text, number], [otherText, otherNumber]] = [detailOf(a), detailOf(b)];
  return compareNames(text, otherText) || number - otherNumber;
}

/** What a reason names, as a text and a number. */
function detailOf(reason: Reason): readonly [string, number] {
  switch (reason.kind) {
    case 'protected':
      return [reason.pattern, 0];
    case 'referenced':
      return [reason.place, 0];
    case 'newest':
      return ['', reason.count];
    case 'version':
      return [reason.of ?? '', ['major', 'minor', 'patch', 'prerelease'].indexOf(reason.level)];
    case 'younger':
      return [reason.than ?? '', 0];
    case 'alias':
    case 'attachedTo':
    case 'withSubject':
      return [reason.of, 0];
    default:
      return ['', 0];
  }
}
