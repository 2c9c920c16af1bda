/**
 * How the dotted names of one repository that begin with a year are read, all of them alike: `2024.10.11` is a date or patch 11 of 2024.10.
 * `doubtful` means that nothing tells: each rule then reads those that may be dates as whatever keeps them.
 */
export type CalendarReading = 'dates' | 'versions' | 'doubtful';

const YEAR_NAME = /^v?((?:19|20)\d\d)\.(\d+)(?:\.(\d+))?/i;
const [V, BIG_V, ZERO, NINE] = [...'vV09'].map((character) => character.charCodeAt(0));

/** How the second number of a name is written; the same for the third one is shifted by `THIRD`. A single digit is one bit above a zero. */
const [LEADING_ZERO, SINGLE_DIGIT, THIRD] = [1, 2, 2];

/** Whether a name begins with a year, a month and a day, the latter two in two digits: `2024.10.11-alpine`, but not `2024.10.9` or `2024.02.30`. */
export function mayBeDottedDate(name: string): boolean {
  const parts = yearParts(name);
  return parts !== undefined && isDate(parts);
}

/**
 * Decides how a repository's names are read (see `CalendarReading`). No name is judged alone: a policy that read `2024.10.11` as a date beside the
 * version `2024.10.9` would delete the newer one of the two.
 *
 * Names that may be dates are dates when all dotted names that begin with a year may be, and one has a zero that no version needs (`2024.09.30`).
 * They are versions when another name can be no date and is written the same way (`2024.10.9`, `2024.10.32`). All else is doubtful: `2024.10.11`
 * alone, because the versions around it may have been deleted, and `2024.01.31` beside `2024.1.0`, which are two ways of writing.
 */
export class CalendarNames {
  #hasDates = false;
  #hasOthers = false;
  /** How names are written that may be dates, and all others. */
  #dates = 0;
  #others = 0;

  /** Takes a tag's name in; those that do not begin with a year say nothing. */
  add(name: string): void {
    const parts = yearParts(name);
    if (!parts) return;
    const written = writing(parts[2]!) | (writing(parts[3] ?? '') << THIRD);
    if (isDate(parts)) {
      this.#hasDates = true;
      this.#dates |= written;
    } else {
      this.#hasOthers = true;
      this.#others |= written;
    }
  }

  /** How the names so far are read. */
  get reading(): CalendarReading {
    if (!this.#hasDates) return 'versions';
    if (!this.#hasOthers) return this.#dates === 0 ? 'doubtful' : 'dates';
    const zerosOfDatesOnly = this.#dates & ~this.#others & (LEADING_ZERO | (LEADING_ZERO << THIRD));
    return (zerosOfDatesOnly * SINGLE_DIGIT) & this.#others ? 'doubtful' : 'versions';
  }
}

/** Looks at two characters first, since nearly all names end there. */
function yearParts(name: string): RegExpExecArray | undefined {
  const first = name.charCodeAt(0);
  const start = first === V || first === BIG_V ? 1 : 0;
  const century = name.charCodeAt(start + 1);
  return century === ZERO || century === NINE ? (YEAR_NAME.exec(name) ?? undefined) : undefined;
}

function isDate([, year, month, day]: RegExpExecArray): boolean {
  if (month!.length !== 2 || day?.length !== 2) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function writing(digits: string): number {
  if (digits.length === 1) return SINGLE_DIGIT;
  return digits.startsWith('0') ? LEADING_ZERO : 0;
}
