const instant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?Z)$/;

/** Dates by which people judge a tag's age; the newest of them becomes today. */
const ageKeys = new Set(['last_updated', 'tag_last_pushed', 'tag_last_pulled', 'last_pushed', 'last_pulled']);

/** Epoch milliseconds, whole seconds, of the newest date by which a tag is judged; undefined where there is none. */
export function newestDate(data: unknown): number | undefined {
  let newest: number | undefined;
  visit(data, (key, text) => {
    const seconds = ageKeys.has(key) ? instant.exec(text)?.[1] : undefined;
    if (seconds !== undefined) newest = Math.max(newest ?? -Infinity, Date.parse(`${seconds}Z`));
  });
  return newest;
}

/**
 * A copy with every date moved by the same whole seconds. Decimals, nulls and missing keys stay as they are, and so does year 1, which
 * means "never".
 */
export function shiftDates<T>(data: T, offsetSeconds: number): T {
  return JSON.parse(JSON.stringify(data), (_key, value: unknown) =>
    typeof value === 'string' ? shifted(value, offsetSeconds) : value,
  ) as T;
}

function shifted(text: string, offsetSeconds: number): string {
  const [, seconds, rest] = instant.exec(text) ?? [];
  if (seconds === undefined || rest === undefined || seconds.startsWith('0001')) return text;
  return new Date(Date.parse(`${seconds}Z`) + offsetSeconds * 1000).toISOString().slice(0, 19) + rest;
}

function visit(data: unknown, see: (key: string, text: string) => void): void {
  if (typeof data !== 'object' || data === null) return;
  for (const [key, value] of Object.entries(data)) {
    if (typeof value === 'string') see(key, value);
    else visit(value, see);
  }
}
