/** Flat pairs: first and last code of each range. */
type Ranges = readonly number[];

/**
 * One step of a compiled glob: one written character, one of a set, a run of any length, or a choice. A step leads to
 * the one after it, a fork to the steps it names, never backwards. No set and no run takes a `/`.
 */
export type Step =
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'set'; readonly ranges: Ranges; readonly negated: boolean }
  | { readonly kind: 'run' }
  | { readonly kind: 'fork'; readonly to: readonly number[] };

const SLASH = 0x2f;

export type PlainStep = Exclude<Step, { kind: 'fork' }>;

/** Whether a glob has no fork, see `compilePlain`. */
export function isPlain(steps: readonly Step[]): steps is readonly PlainStep[] {
  return steps.every((step) => step.kind !== 'fork');
}

const RUN = -1;
const SET = -2;

/**
 * Gives a function that tells whether steps without forks take a whole name, at most in the square of the name's length and mostly in its length.
 *
 * Each run takes as little as it can. Only the last one may have to take more: what an earlier one would take more, those after it can take
 * instead, since what stands between two runs holds a `/` at one place only or not at all.
 *
 * @param ignoreCase ignores the case of A to Z; written characters must then be lower-case in the steps
 */
export function compilePlain(steps: readonly PlainStep[], ignoreCase: boolean): (name: string) => boolean {
  // Numbers in one array, since this loop is where a plan spends its time.
  const codes = Int32Array.from(steps, (step) => {
    if (step.kind === 'char') return step.code;
    return step.kind === 'run' ? RUN : SET;
  });
  const lastRun = codes.lastIndexOf(RUN);
  const rest = codes.length - lastRun - 1;
  return (name) => {
    let state = 0;
    let run = -1;
    let runEnd = 0;
    for (let at = 0; at < name.length;) {
      const code = state < codes.length ? codes[state]! : NaN;
      const char = ignoreCase ? lower(name.charCodeAt(at)) : name.charCodeAt(at);
      if (code === RUN) {
        run = state++;
        runEnd = at;
        if (run === lastRun) {
          // What comes after it must be the end of the name.
          const end = name.length - rest;
          const slash = name.indexOf('/', at);
          if (end < at || (slash >= 0 && slash < end)) return false;
          at = runEnd = end;
        }
      } else if (
        code === char ||
        (code === SET && accepts(steps[state] as Extract<Step, { kind: 'set' }>, name.charCodeAt(at), ignoreCase))
      ) {
        state++;
        at++;
      } else {
        if (run < 0 || run === lastRun || name.charCodeAt(runEnd) === SLASH) return false;
        at = ++runEnd;
        state = run + 1;
      }
    }
    while (codes[state] === RUN) state++;
    return state === codes.length;
  };
}

/** Whether a step takes a character. */
export function accepts(step: Extract<Step, { kind: 'char' | 'set' }>, code: number, ignoreCase: boolean): boolean {
  if (step.kind === 'char') return step.code === (ignoreCase ? lower(code) : code);
  if (code === SLASH) return false;
  const isListed = ignoreCase
    ? inRanges(step.ranges, lower(code)) || inRanges(step.ranges, upper(code))
    : inRanges(step.ranges, code);
  return isListed !== step.negated;
}

function inRanges(ranges: Ranges, code: number): boolean {
  for (let at = 0; at < ranges.length; at += 2) if (code >= ranges[at]! && code <= ranges[at + 1]!) return true;
  return false;
}

/** The code of a character, that of a to z for A to Z. */
export function lower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

function upper(code: number): number {
  return code >= 0x61 && code <= 0x7a ? code - 0x20 : code;
}
