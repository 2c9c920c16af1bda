import type { DraftTable } from './draftTable.ts';
import type { DeleteReason, KeepReason, RepositoryName } from './plan.ts';
import { eachSliced, sortedSliced, type Sliced } from './sliced.ts';
import { compareNames, pushedKey, type Tag } from './tag.ts';

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
  /** Part of the tag's name, of `namespace/name`, or of the digest; the case of A to Z is ignored. Empty: all. */
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
const kinds: readonly Reason['kind'][] = ['picked', 'older', 'unkept', 'immutable', 'byHand', 'protected', 'referenced', 'notCovered', 'unknownAge', 'newest', 'version', 'younger', 'notVersion', 'alias', 'overCap', 'lastTag', 'unconfirmed'];
const kindRanks = new Map<Reason['kind'], number>(kinds.map((kind, rank) => [kind, rank]));

/** Whether an order stays the same when verdicts change. */
export function isSteady({ by }: DraftSort): boolean {
  return by !== 'verdict' && by !== 'reason';
}

/** All rows of a table, sorted. */
export function* sortRows(table: DraftTable, { goes, reasons }: OrderedVerdicts, { by, descending }: DraftSort): Sliced<readonly number[]> {
  const rows: number[] = [];
  yield* eachSliced(table.tags.keys(), (row) => rows.push(row));
  const sign = descending ? -1 : 1;
  const sorted = (keyOf: (row: number) => number, compare: (a: number, b: number) => number = () => 0) =>
    sortedSliced(rows, (row) => sign * keyOf(row), (a, b) => sign * compare(a, b) || a - b);
  const { tags, sources, sourceOf } = table;
  switch (by) {
    case 'verdict':
      return yield* sorted((row) => (goes[row] ? 0 : 1));
    case 'name':
      return yield* sorted((row) => nameKey(tags[row]!.name), (a, b) => compareNames(tags[a]!.name, tags[b]!.name));
    case 'reason':
      return yield* sorted((row) => kindRanks.get(reasons[row]!.kind)!, (a, b) => compareDetails(reasons[a]!, reasons[b]!));
    case 'age':
      return yield* sorted((row) => -pushedKey(tags[row]!));
    case 'size':
      return yield* sorted((row) => tags[row]!.size ?? -1);
    case 'digest':
      return yield* sorted((row) => nameKey(hexOf(tags[row]!)), (a, b) => compareNames(tags[a]!.digest ?? '', tags[b]!.digest ?? ''));
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
export function* filterRows(table: DraftTable, { goes, reasons }: OrderedVerdicts, rows: readonly number[], { verdict, reasonKind, text = '' }: DraftFilter): Sliced<Uint32Array> {
  const part = lowerCase(text);
  const inRepository = table.sources.map(({ repository }) => lowerCase(fullName(repository)).includes(part));
  const hasText = (row: number): boolean => {
    const { name, digest } = table.tags[row]!;
    return inRepository[table.sourceOf[row]!]! || lowerCase(name).includes(part) || (digest !== undefined && lowerCase(digest).includes(part));
  };
  const wanted = verdict === undefined ? undefined : verdict === 'delete' ? 1 : 0;
  const found = new Uint32Array(rows.length);
  let count = 0;
  yield* eachSliced(rows, (row) => {
    if (wanted !== undefined && goes[row] !== wanted) return;
    if (reasonKind !== undefined && reasons[row]!.kind !== reasonKind) return;
    if (hasText(row)) found[count++] = row;
  });
  return found.subarray(0, count);
}

/** A number that orders most names as `compareNames` does and leaves the rest the same: of their first seven characters. */
function nameKey(name: string): number {
  let key = 0;
  let open = true;
  for (let i = 0; i < 7; i++) {
    const code = open && i < name.length ? Math.min(name.charCodeAt(i), 127) : 0;
    // Behind one that has no number of its own, numbers would lie.
    if (code === 127) open = false;
    key = key * 128 + code;
  }
  return key;
}

function hexOf({ digest }: Tag): string {
  // Digests of another kind are told apart by `compareNames`, if their beginning is the same.
  return digest === undefined ? '' : digest.startsWith('sha256:') ? `s${digest.slice('sha256:'.length)}` : digest;
}

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
      return [reason.of, 0];
    default:
      return ['', 0];
  }
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

function fullName({ namespace, name }: RepositoryName): string {
  return `${namespace}/${name}`;
}
