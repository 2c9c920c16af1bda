const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
const MINUTE = 60_000;
/** 0002-01-01T00:00:00Z; Docker Hub writes year 1 where it has no date. */
const FIRST_REAL_INSTANT = -62_104_060_800_000;

/**
 * Reads an instant as Docker Hub sends it: RFC 3339 with 0 to 9 decimals, ending in `Z` or a numeric offset.
 *
 * Gives milliseconds since the epoch, decimals beyond the third cut. Gives `undefined` for anything else: null, a
 * missing value, text without an offset, a day or hour that does not exist, a leap second, year 1 or before
 * (invariant 2: an unknown date never counts as an old one). Never throws.
 */
export function parseInstant(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const number = (group: number): number => Number(match[group] ?? 0);
  const [hour, minute, second, offsetHour, offsetMinute] = [
    number(4),
    number(5),
    number(6),
    number(9),
    number(10),
  ] as const;
  const midnight = parseDay(match[1]!, match[2]!, match[3]!);
  if (midnight === undefined || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) {
    return undefined;
  }
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offset = (offsetHour * 60 + offsetMinute) * MINUTE * (match[8] === '-' ? -1 : 1);
  const instant = midnight + (hour * 60 + minute) * MINUTE + second * 1000 + milliseconds - offset;
  return instant < FIRST_REAL_INSTANT ? undefined : instant;
}

/**
 * The instant, in milliseconds since the epoch, at which a day of the calendar begins in UTC.
 *
 * Takes the digits of a four-digit year, a month and a day; gives `undefined` for a day that does not exist, such as
 * 30 February.
 */
export function parseDay(year: string, month: string, day: string): number | undefined {
  const date = new Date(0);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) ? date.getTime() : undefined;
}

/**
 * Writes an instant for dialogs: `2025-01-01 00:00 UTC`, seconds cut.
 *
 * @param ms milliseconds since the epoch
 * @throws RangeError when `ms` is not an instant that a `Date` can hold
 */
export function formatInstant(ms: number): string {
  return `${new Date(ms)
    .toISOString()
    .replace(/:\d\d\.\d{3}Z$/, '')
    .replace('T', ' ')} UTC`;
}
