import { parseDay } from './instant.ts';

const DAY = 86_400_000;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const SPAN = /^(\d+)\s*(d|days?|w|weeks?|mo|months?|y|years?)$/i;
const UNITS = { d: ['day', 1], w: ['week', 7], m: ['month', 31], y: ['year', 366] } as const;

/**
 * An age as people write it: a span counted back from now, or the day from which on tags are kept.
 *
 * `text` is the canonical writing, `ms` the span in milliseconds (at least one day), `instant` 00:00 UTC of the day in
 * milliseconds since the epoch.
 */
export type Age =
  | { readonly kind: 'span'; readonly text: string; readonly ms: number }
  | { readonly kind: 'date'; readonly text: string; readonly instant: number };

/**
 * Why a text is not an age: nothing written; none of the forms; a span of 0; a date less than one day ago or still to
 * come; a day that does not exist; further back than 1970-01-01.
 */
export type AgeSyntaxReason = 'empty' | 'form' | 'zero' | 'future' | 'impossible' | 'tooLarge';

const FORMS =
  'Write a number of days, weeks, months or years, such as 90 days, 12 weeks, 6 months or 1 year (in short 90d, 12w, 6mo, 1y), or a date in UTC such as 2025-01-01.';
const WRONG: Readonly<Record<AgeSyntaxReason, (text: string) => string>> = {
  empty: () => 'An age is missing.',
  form: (text) => `"${text}" is not an age.`,
  zero: (text) => `"${text}" is too short: an age is at least one day.`,
  future: (text) => `"${text}" is too late: the date must be at least one day ago.`,
  impossible: (text) => `"${text}" is not a day of the calendar.`,
  tooLarge: (text) => `"${text}" reaches back before 1970.`,
};

/** A text that is not an age. The message says in English what is wrong and which forms are accepted. */
export class AgeSyntaxError extends Error {
  override readonly name = 'AgeSyntaxError';
  readonly reason: AgeSyntaxReason;
  /** The text as it was given. */
  readonly text: string;

  constructor(reason: AgeSyntaxReason, text: string) {
    super(`${WRONG[reason](text)} ${FORMS}`);
    this.reason = reason;
    this.text = text;
  }
}

/**
 * Reads `<integer> day(s) | week(s) | month(s) | year(s)` (also d, w, mo, y; any case, blanks optional) or `YYYY-MM-DD`.
 *
 * A month counts 31 days and a year 366, so that nothing goes early. A date means 00:00 UTC and lies at least one day
 * before now, as a span does: no tag younger than a day ever goes by age.
 *
 * @param now milliseconds since the epoch
 * @throws AgeSyntaxError for anything else
 */
export function parseAge(text: string, now: number): Age {
  const trimmed = text.trim();
  const fail = (reason: AgeSyntaxReason): AgeSyntaxError => new AgeSyntaxError(reason, text);
  if (trimmed === '') throw fail('empty');

  const date = DATE.exec(trimmed);
  if (date) {
    const instant = parseDay(date[1]!, date[2]!, date[3]!);
    if (instant === undefined) throw fail('impossible');
    if (instant < 0) throw fail('tooLarge');
    if (!(instant <= now - DAY)) throw fail('future');
    return Object.freeze({ kind: 'date', text: trimmed, instant });
  }

  const span = SPAN.exec(trimmed);
  if (!span) throw fail('form');
  const count = Number(span[1]);
  const [unit, days] = UNITS[span[2]![0]!.toLowerCase() as keyof typeof UNITS];
  if (count === 0) throw fail('zero');
  if (!(now - count * days * DAY >= 0)) throw fail('tooLarge');
  return Object.freeze({ kind: 'span', text: `${count} ${unit}${count === 1 ? '' : 's'}`, ms: count * days * DAY });
}

/**
 * The instant, in milliseconds since the epoch, before which tags are old enough: a tag goes by age only when its push
 * date is strictly less.
 *
 * @param now milliseconds since the epoch; without effect on a date
 */
export function cutoff(age: Age, now: number): number {
  return age.kind === 'date' ? age.instant : now - age.ms;
}

/** The canonical writing of an age, which `parseAge` reads back: `90 days`, `1 year`, `2025-01-01`. */
export function formatAge(age: Age): string {
  return age.text;
}
