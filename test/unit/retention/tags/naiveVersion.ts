/** A version in the notation of the generated and the recorded names. */
export interface NaiveVersion {
  readonly numbers: readonly number[];
  /** Which kind of prerelease: `a`, `b`, `rc`. */
  readonly word?: string;
  /** The numbers after the word. */
  readonly counts: readonly number[];
  readonly line: string;
  /** Which versions it is compared with; `date` is what may be one and may be a version. */
  readonly kind: 'version' | 'number' | 'date';
}

const longWords = new Map([
  ['alpha', 'a'],
  ['beta', 'b'],
  ['rc', 'rc'],
]);

/** Reads all names of a repository; those that are no versions are missing. */
export function readNames(names: readonly string[]): ReadonlyMap<string, NaiveVersion> {
  const calendar = calendarOf(names);
  const read = new Map<string, NaiveVersion>();
  for (const name of names) {
    const isDate = mayBeDate(yearName(name));
    const version = isDate && calendar === 'dates' ? undefined : readAlone(name);
    if (version) read.set(name, isDate && calendar === 'in doubt' ? { ...version, kind: 'date' } : version);
  }
  const all = [...read.values()];
  for (const [name, version] of read) {
    if (version.numbers.length > 1) continue;
    // `2` floats where there is a release 2.1, `2rc1` also where there is a 2.1rc1 alone.
    const floats = all.some(
      ({ numbers, line, kind, word }) =>
        numbers.length > 1 &&
        numbers[0] === version.numbers[0] &&
        line === version.line &&
        kind === 'version' &&
        (word === undefined || version.word !== undefined),
    );
    if (!floats) read.set(name, { ...version, kind: 'number' });
  }
  return read;
}

/** Year, month, day and all that follows of a dotted name that begins with a year, as they are written. */
function yearName(name: string): string[] | undefined {
  const [dotted] = /^[0-9.]*/.exec(name.replace(/^[vV]/, ''))!;
  const parts = dotted.split('.');
  const end = parts.indexOf('');
  const written = end < 0 ? parts : parts.slice(0, end);
  return written.length > 1 && written[0]!.length === 4 && ['19', '20'].includes(written[0]!.slice(0, 2))
    ? written
    : undefined;
}

function mayBeDate(written: string[] | undefined): boolean {
  if (!written || written.length < 3) return false;
  const [year, month, day] = written as [string, string, string];
  const february = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0) ? 29 : 28;
  const days = [0, 31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month)];
  return (
    month.length === 2 &&
    day.length === 2 &&
    days !== undefined &&
    Number(month) > 0 &&
    Number(day) > 0 &&
    Number(day) <= days
  );
}

function calendarOf(names: readonly string[]): 'dates' | 'versions' | 'in doubt' {
  const dotted = names.map(yearName).filter((each) => each !== undefined);
  const [dates, others] = [dotted.filter(mayBeDate), dotted.filter((each) => !mayBeDate(each))];
  if (dates.length === 0) return 'versions';
  const zero = (some: string[][], place: number): boolean => some.some((each) => /^0[0-9]/.test(each[place] ?? ''));
  const digit = (some: string[][], place: number): boolean => some.some((each) => each[place]?.length === 1);
  if (others.length === 0) return zero(dates, 1) || zero(dates, 2) ? 'dates' : 'in doubt';
  // Whoever writes 05 does not write 9.
  const differ = (place: number): boolean => zero(dates, place) && digit(others, place) && !zero(others, place);
  return differ(1) || differ(2) ? 'in doubt' : 'versions';
}

/** Reads a name letter by letter; knows only what the names of `policyWorlds.ts` and the recorded ones are made of. */
function readAlone(name: string): NaiveVersion | undefined {
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
  // 2025-01-31
  const parts = name.split(/[.-]/);
  if (/^20../.test(parts[0]!) && parts[0]!.length === 4 && name[4] === '-' && leadingDigits(parts[1] ?? '') !== '') {
    return undefined;
  }
  // v1.2.3-4-gabcdef0
  if (
    parts.some(
      (part, at) => at > 0 && part[0] === 'g' && part.length === 8 && leadingDigits(parts[at - 1]!) === parts[at - 1],
    )
  ) {
    return undefined;
  }
  // 12-abc1234
  if (
    numbers.length === 1 &&
    rest.length === 8 &&
    /[0-9]/.test(rest) &&
    /[a-f]/.test(rest) &&
    [...rest.slice(1)].every((letter) => '0123456789abcdef'.includes(letter))
  ) {
    return undefined;
  }

  let word: string | undefined;
  const counts: number[] = [];
  const bare = rest.replace(/^[.-]/, '');
  const letters = /^[a-zA-Z]*/.exec(bare)![0].toLowerCase();
  const isShort =
    (letters === 'a' || letters === 'b') && rest === bare && numbers.length > 1 && leadingDigits(bare.slice(1)) !== '';
  if (isShort || longWords.has(letters)) {
    word = longWords.get(letters) ?? letters;
    rest = bare.slice(letters.length);
    const [separator, digits] = [
      rest[0] === '.' || rest[0] === '-' ? rest[0] : '',
      leadingDigits(rest.replace(/^[.-]/, '')),
    ];
    if (digits !== '') {
      counts.push(Number(digits));
      rest = rest.slice(separator.length + digits.length);
    }
  }
  if (rest === '') return { numbers, word, counts, line: '', kind: 'version' };
  return rest[0] === '-' || rest[0] === '.'
    ? { numbers, word, counts, line: rest.slice(1), kind: 'version' }
    : undefined;
}

function leadingDigits(text: string): string {
  let end = 0;
  while (end < text.length && text[end]! >= '0' && text[end]! <= '9') end++;
  return text.slice(0, end);
}
