import { eachSliced, type Sliced } from '../../async/sliced.ts';
import type { KeepReason, Plan } from '../../retention/plan/plan.ts';
import { policyData } from '../../retention/policy/checkPolicy.ts';
import { isDated, type Tag } from '../../retention/tags/tag.ts';
import { imageDigits } from '../../retention/tags/tagImages.ts';
import type { JournalLine } from './journalLine.ts';
import type { RecordedSource } from './journalRecord.ts';

/** Bounds of a line: tags, or names of kept tags, and their text (characters), unless one alone is longer. */
const tagsPerLine = 100;
const textPerLine = 32 * 1024;
/** Kept tags that are named for each reason in a repository; all are counted. */
const maxKeptNamed = 10_000;
/**
 * The lines of one plan, made one at a time: what it is about, its tags in the order in which they are deleted, and what is kept.
 * @param kept see `namesByReason`
 * @param named whether the plan says by which policy it was judged: a run by age alone says it once, in its first line
 * @param source where that policy was written
 */
export function* planLines(
  plan: Plan,
  kept: ReadonlyMap<string, NamesOfReason>,
  named: boolean,
  source: RecordedSource | undefined,
): Generator<JournalLine> {
  const { repository, asOf, cutoff, inDateOrder, emptiesRepository, going } = plan;
  const policy = named && plan.policy ? JSON.stringify(policyData(plan.policy)) : undefined;
  yield {
    type: 'plan',
    repository,
    asOf,
    ...(cutoff !== undefined && { cutoff }),
    ...(policy !== undefined && { policy, ...(source && { source }) }),
    inDateOrder,
    emptiesRepository,
    going: going.length,
    staying: plan.staying.length,
  };
  for (const tags of inLines(going, ({ name }) => name)) {
    yield { type: 'going', tags: tags.map(plannedTag) };
  }
  for (const tags of inLines(attachedTags(plan), ([name, holders]) => name + holders.join(''))) {
    yield { type: 'attached', tags };
  }
  if (policy !== undefined) {
    const picked = plan.verdicts.filter(({ reason }) => reason.kind === 'picked').map(({ tag }) => tag.name);
    for (const names of inLines(picked, (name) => name)) yield { type: 'picked', names };
  }
  for (const { reason, count, names } of kept.values()) {
    for (const named of inLines(names, (name) => name)) {
      yield { type: 'staying', reason, count: named.length, names: named };
    }
    if (names.length < count) yield { type: 'staying', reason, count: count - names.length, names: [] };
  }
}

type PlannedTag = Extract<JournalLine, { type: 'going' }>['tags'][number];

function plannedTag(tag: Tag): PlannedTag {
  const { name, digest, images, size } = tag;
  const entries: Extract<PlannedTag, { length: 4 }> = [
    name,
    digest ?? null,
    isDated(tag) ? tag.pushedAt : null,
    size !== undefined && Number.isFinite(size) ? size : null,
  ];
  const set = digest === undefined && images !== undefined ? imageDigits(images) : undefined;
  return set ? [...entries, set] : entries;
}

/** The attachments that go behind tags which go, too: only once these are gone. */
function attachedTags({ going, attachments, holders }: Plan): [string, string[]][] {
  if (attachments.going === 0) return [];
  const goes = new Set(going);
  return going.flatMap((tag): [string, string[]][] => {
    const held = holders.get(tag)?.filter((holder) => goes.has(holder)) ?? [];
    return held.length > 0 ? [[tag.name, held.map(({ name }) => name)]] : [];
  });
}

/** Tags that one reason keeps. */
export interface NamesOfReason {
  readonly reason: KeepReason;
  /** All of them. */
  count: number;
  /** Of the first of them. */
  readonly names: string[];
}

/** What a plan keeps, by its reason as text; names up to 10,000 for each, all counted. */
export function* namesByReason({ staying }: Plan): Sliced<Map<string, NamesOfReason>> {
  const groups = new Map<string, NamesOfReason>();
  // Most plans have one object for each reason, which is found faster than its text.
  const known = new Map<KeepReason, NamesOfReason>();
  const groupOf = (reason: KeepReason): NamesOfReason => {
    const key = JSON.stringify(reason);
    const group = groups.get(key) ?? { reason, count: 0, names: [] };
    groups.set(key, group);
    known.set(reason, group);
    return group;
  };
  yield* eachSliced(staying, ({ tag, reason }) => {
    const group = known.get(reason) ?? groupOf(reason);
    group.count++;
    if (group.names.length < maxKeptNamed) group.names.push(tag.name);
  });
  return groups;
}

/** Cuts a list into the parts that go into a line each. */
function* inLines<T>(list: readonly T[], textOf: (item: T) => string): Generator<T[]> {
  let part: T[] = [];
  let size = 0;
  for (const item of list) {
    const { length } = textOf(item);
    if (part.length > 0 && (part.length === tagsPerLine || size + length > textPerLine)) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(item);
    size += length;
  }
  if (part.length > 0) yield part;
}
