import * as v from 'valibot';
import { hubErrorKinds, hubErrorReasons } from '../../hub/wire/hubError.ts';
import { outcomeKinds, stopReasons } from '../outcome/outcome.ts';

/**
 * The version of the journal's format that this program writes, and the newest that it reads. It goes up with every change that an older
 * program would misread; docs/JOURNAL.md describes it.
 */
export const journalVersion = 3;

/** The oldest version that this program reads: version 1 knew no policies, version 2 no attachments, and both fewer reasons to keep a tag. */
const oldestVersion = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Milliseconds since the epoch. JSON has no infinite numbers. */
const instant = v.pipe(v.number(), v.finite());
const repositoryName = v.object({ namespace: v.string(), name: v.string() });

const keepReason = v.variant('kind', [
  v.object({ kind: v.literal('protected'), pattern: v.string() }),
  v.object({ kind: v.literal('referenced'), place: v.string() }),
  v.object({ kind: v.literal('newest'), count }),
  v.object({
    kind: v.literal('version'),
    level: v.picklist(['major', 'minor', 'patch', 'prerelease']),
    of: v.optional(v.string()),
  }),
  v.object({ kind: v.literal('younger'), than: v.optional(v.string()) }),
  v.object({ kind: v.picklist(['alias', 'attachedTo']), of: v.string() }),
  v.object({
    kind: v.picklist([
      'immutable',
      'byHand',
      'notCovered',
      'unknownAge',
      'notVersion',
      'buildCache',
      'untaggedSubject',
      'overCap',
      'overShare',
      'lastTag',
      'unconfirmed',
    ]),
  }),
]);

const failure = v.object({
  kind: v.picklist([...hubErrorKinds, 'storage', 'interrupted', 'queued']),
  status: v.optional(v.number()),
  words: v.optional(v.string()),
  // One that a later program knows is passed over, and so is no new version.
  reason: v.fallback(v.optional(v.picklist(hubErrorReasons)), undefined),
  subject: v.optional(v.string()),
});

const outcome = v.variant('kind', [
  v.object({ kind: v.picklist(['removed', 'alreadyGone']) }),
  v.object({ kind: v.literal('spared'), reason: v.optional(keepReason) }),
  v.object({ kind: v.picklist(['failed', 'uncertain']), failure }),
  v.object({ kind: v.literal('notReached'), reason: v.picklist(stopReasons) }),
]);

/** What the user said may go. */
const policy = v.variant('kind', [
  v.object({ kind: v.literal('olderThan'), age: v.string() }),
  v.object({ kind: v.picklist(['policies', 'picked', 'repository']) }),
]);

/** A tag in few bytes: name, digest or null, push (ms since the epoch) or null, size in bytes or null; with several images and no digest also theirs. */
const tagEntries = [
  v.string(),
  v.nullable(v.string()),
  v.nullable(instant),
  v.nullable(v.pipe(v.number(), v.finite())),
] as const;
const plannedTag = v.union([v.strictTuple(tagEntries), v.strictTuple([...tagEntries, v.array(v.string())])]);

const line = v.variant('type', [
  v.object({
    type: v.literal('run'),
    version: v.pipe(v.number(), v.integer(), v.minValue(oldestVersion), v.maxValue(journalVersion)),
    id: v.string(),
    at: instant,
    account: v.object({ name: v.string(), kind: v.picklist(['user', 'organization']) }),
    origins: v.object({ api: v.string(), registry: v.string(), token: v.string() }),
    policy,
    /** The first repository; the others follow, a `plan` line each. */
    repository: repositoryName,
    repositories: count,
    planned: count,
  }),
  v.object({
    type: v.literal('plan'),
    repository: repositoryName,
    asOf: instant,
    cutoff: v.optional(instant),
    /** What it was judged by, as the JSON that `checkPolicy` reads. */
    policy: v.optional(v.string()),
    /** Where that policy was written: what tells sources apart, and what people call it. */
    source: v.optional(v.object({ key: v.string(), label: v.string() })),
    inDateOrder: v.boolean(),
    emptiesRepository: v.boolean(),
    going: count,
    staying: count,
  }),
  v.object({ type: v.literal('going'), tags: v.array(plannedTag) }),
  v.object({ type: v.literal('picked'), names: v.array(v.string()) }),
  /** Attachments that go, each with the tags that go and hold its subject. */
  v.object({ type: v.literal('attached'), tags: v.array(v.tuple([v.string(), v.array(v.string())])) }),
  v.object({ type: v.literal('staying'), reason: keepReason, count, names: v.array(v.string()) }),
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('resume'), at: instant, confirmed: v.boolean(), planned: count }),
  v.object({
    type: v.literal('intent'),
    at: instant,
    repository: repositoryName,
    tag: v.string(),
    digest: v.optional(v.string()),
  }),
  v.object({ type: v.literal('outcome'), at: instant, repository: repositoryName, tag: v.string(), outcome }),
  v.object({ type: v.literal('repositoryIntent'), at: instant, repository: repositoryName }),
  v.object({ type: v.literal('repositoryOutcome'), at: instant, repository: repositoryName, outcome }),
  v.object({ type: v.literal('wait'), at: instant, until: instant, why: v.picklist(['allowance', 'backoff']) }),
  v.object({
    type: v.literal('stop'),
    at: instant,
    reason: v.picklist(stopReasons),
    repository: v.optional(repositoryName),
    failure: v.optional(failure),
  }),
  v.object({
    type: v.literal('end'),
    at: instant,
    counts: v.object(v.entriesFromList(outcomeKinds, count)),
    left: v.optional(v.boolean()),
    repository: v.optional(v.picklist(outcomeKinds)),
  }),
  v.object({
    type: v.literal('restored'),
    at: instant,
    repository: repositoryName,
    tag: v.string(),
    digest: v.string(),
  }),
]);

/** One line of a journal; what each means stands in docs/JOURNAL.md. */
export type JournalLine = v.InferOutput<typeof line>;

/**
 * What the user said may go: by the policy `{olderThan}` with the defaults of all else, the age as it was typed or picked; by the policies that the
 * plans name; the tags that were picked; or a whole repository with every tag in it.
 */
export type RunPolicy = v.InferOutput<typeof policy>;

/** A journal that cannot be used: `newer` than this program, `damaged` in the middle, or `missing`. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly reason: 'newer' | 'damaged' | 'missing';

  constructor(reason: JournalError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * The line as text, with its line end. Only fields of the format get into it, whatever else the objects carry (invariant 9).
 * @throws Error for a line that could not be read again
 */
export function writeLine(journalLine: JournalLine): string {
  return `${JSON.stringify(v.parse(line, journalLine))}\n`;
}

/**
 * A line out of its text.
 * @returns `undefined` for a text that is no line of this version: torn, or damaged
 * @throws JournalError `newer` for the first line of a journal of a later version
 */
export function readLine(text: string): JournalLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(line, value);
  if (parsed.success) return parsed.output;
  const { type, version } = Object(value) as { type?: unknown; version?: unknown };
  if (type === 'run' && typeof version === 'number' && version > journalVersion) {
    throw new JournalError(
      'newer',
      `The journal has version ${version}; this program reads version ${journalVersion}.`,
    );
  }
  return undefined;
}
