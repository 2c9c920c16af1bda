/** A version in the notation of the generated and the recorded names. */
export interface NaiveVersion {
  readonly numbers: readonly number[];
  /** Which kind of prerelease: `a`, `b`, `rc`. */
  readonly word?: string;
  /** The numbers after the word. */
  readonly counts: readonly number[];
  readonly line: string;
}

const longWords = new Map([['alpha', 'a'], ['beta', 'b'], ['rc', 'rc']]);

/** Reads a name letter by letter; knows only what the names of `policyWorlds.ts` and the recorded ones are made of. */
export function readNaively(name: string): NaiveVersion | undefined {
  let rest = name;
  if (/^[vV][0-9]/.test(rest)) rest = rest.slice(1);
  const numbers: number[] = [];
  for (;;) {
    const digits = leadingDigits(rest);
    if (digits === '') return undefined;
    numbers.push(Number(digits));
    rest = rest.slice(digits.length);
    if (rest[0] === '.' && leadingDigits(rest.slice(1)) !== '') rest = rest.slice(1);
    else break;
  }
  if (numbers[0]! > 9999) return undefined;
  // 2025.01.31, 2025-01-31
  const parts = name.split(/[.-]/);
  if (/^20../.test(parts[0]!) && parts[0]!.length === 4 && (name[4] === '-' || (parts[1]?.length === 2 && parts[2]?.length === 2)) && leadingDigits(parts[1] ?? '') !== '') return undefined;
  // v1.2.3-4-gabcdef0
  if (parts.some((part, at) => at > 0 && part[0] === 'g' && part.length === 8 && leadingDigits(parts[at - 1]!) === parts[at - 1])) return undefined;
  // 12-abc1234
  if (numbers.length === 1 && rest.length === 8 && /[0-9]/.test(rest) && /[a-f]/.test(rest) && [...rest.slice(1)].every((letter) => '0123456789abcdef'.includes(letter))) return undefined;

  let word: string | undefined;
  const counts: number[] = [];
  const bare = rest.replace(/^[.-]/, '');
  const letters = /^[a-zA-Z]*/.exec(bare)![0].toLowerCase();
  const isShort = (letters === 'a' || letters === 'b') && rest === bare && numbers.length > 1 && leadingDigits(bare.slice(1)) !== '';
  if (isShort || longWords.has(letters)) {
    word = longWords.get(letters) ?? letters;
    rest = bare.slice(letters.length);
    const [separator, digits] = [rest[0] === '.' || rest[0] === '-' ? rest[0] : '', leadingDigits(rest.replace(/^[.-]/, ''))];
    if (digits !== '') {
      counts.push(Number(digits));
      rest = rest.slice(separator.length + digits.length);
    }
  }
  if (rest === '') return { numbers, word, counts, line: '' };
  return rest[0] === '-' || rest[0] === '.' ? { numbers, word, counts, line: rest.slice(1) } : undefined;
}

function leadingDigits(text: string): string {
  let end = 0;
  while (end < text.length && text[end]! >= '0' && text[end]! <= '9') end++;
  return text.slice(0, end);
}
