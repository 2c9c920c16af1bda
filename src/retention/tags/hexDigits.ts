import { firstDigits } from './tagImages.ts';

const [ZERO, NINE, A, F] = [...'09af'].map((digit) => digit.charCodeAt(0)) as [number, number, number, number];

/** Whether a part of a text is hexadecimal digits, lowercase. @param from place of the first; `end`: the place behind the last */
export function areHexDigits(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (!((code >= ZERO && code <= NINE) || (code >= A && code <= F))) return false;
  }
  return true;
}

/** Whether a digest's first 64 digits, see `firstDigits`, are these. Mostly tells without making them. @param wanted 64 hexadecimal digits, lowercase */
export function beginsWithDigits(digest: string, wanted: string): boolean {
  const from = digest.indexOf(':') + 1;
  const first = digest.charCodeAt(from);
  // Another digit than the first one wanted; what is no digit, a capital letter or the end of the text, is left to `firstDigits`.
  if (first !== wanted.charCodeAt(0) && areHexDigits(digest, from, from + 1)) return false;
  return digest.startsWith(wanted, from) || firstDigits(digest) === wanted;
}
