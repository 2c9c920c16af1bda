/**
 * Hexadecimal digits of a text as a number, filled up with zeros where the text ends. Of a text with other characters, what comes before the first of
 * them; 0 for none.
 *
 * @param from place of the first digit; `count`: how many, at most 8
 */
export function hexNumber(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = digitOf(text.charCodeAt(at));
    // Hardly ever, and only digests of tests.
    if (digit < 0) return Number.parseInt(text.slice(from, from + count).padEnd(count, '0'), 16) || 0;
    value = value * 16 + digit;
  }
  return value;
}

/** -1 for what is no digit, the end of a text included. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}
