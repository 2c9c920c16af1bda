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

/**
 * Gives a function that tells whether a way through the steps takes a whole name.
 *
 * With forks it follows all ways at once, in steps times characters: backtracking would take exponential time on many stars. Without them one way is
 * enough, at most in the square of the name's length and mostly in its length.
 *
 * @param ignoreCase ignores the case of A to Z; written characters must then be lower-case in the steps
 */
export function compileSteps(steps: readonly Step[], ignoreCase: boolean): (name: string) => boolean {
  if (steps.every(isPlain)) return compilePlain(steps, ignoreCase);
  // Shared by all calls, since a listing has many names and most differ from the pattern early.
  const buffers = [new Uint8Array(steps.length + 1), new Uint8Array(steps.length + 1)] as const;
  return (name) => followSteps(steps, name, ignoreCase, ...buffers);
}

type PlainStep = Exclude<Step, { kind: 'fork' }>;

function isPlain(step: Step): step is PlainStep {
  return step.kind !== 'fork';
}

const RUN = -1;
const SET = -2;

/**
 * Each run takes as little as it can. Only the last one may have to take more: what an earlier one would take more, those after it can take
 * instead, since what stands between two runs holds a `/` at one place only or not at all.
 */
function compilePlain(steps: readonly PlainStep[], ignoreCase: boolean): (name: string) => boolean {
  // Numbers in one array, since this loop is where a plan spends its time.
  const codes = Int32Array.from(steps, (step) => (step.kind === 'char' ? step.code : step.kind === 'run' ? RUN : SET));
  const lastRun = codes.lastIndexOf(RUN);
  const rest = codes.length - lastRun - 1;
  return (name) => {
    let state = 0;
    let run = -1;
    let runEnd = 0;
    for (let at = 0; at < name.length; ) {
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
      } else if (code === char || (code === SET && accepts(steps[state] as Extract<Step, { kind: 'set' }>, name.charCodeAt(at), ignoreCase))) {
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

function followSteps(steps: readonly Step[], name: string, ignoreCase: boolean, current: Uint8Array, next: Uint8Array): boolean {
  const end = steps.length;
  current.fill(0);
  next.fill(0);
  current[0] = 1;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    let alive = false;
    for (let state = 0; state < end; state++) {
      if (current[state] === 0) continue;
      const step = steps[state]!;
      if (step.kind === 'fork') for (const target of step.to) current[target] = 1;
      else if (step.kind === 'run') {
        current[state + 1] = 1;
        if (code === SLASH) continue;
        next[state] = 1;
        alive = true;
      } else if (accepts(step, code, ignoreCase)) {
        next[state + 1] = 1;
        alive = true;
      }
    }
    if (!alive) return false;
    [current, next] = [next, current];
    next.fill(0);
  }
  for (let state = 0; state < end; state++) {
    if (current[state] === 0) continue;
    const step = steps[state]!;
    if (step.kind === 'fork') for (const target of step.to) current[target] = 1;
    else if (step.kind === 'run') current[state + 1] = 1;
  }
  return current[end] === 1;
}

function accepts(step: Extract<Step, { kind: 'char' | 'set' }>, code: number, ignoreCase: boolean): boolean {
  if (step.kind === 'char') return step.code === (ignoreCase ? lower(code) : code);
  if (code === SLASH) return false;
  const isListed = ignoreCase ? inRanges(step.ranges, lower(code)) || inRanges(step.ranges, upper(code)) : inRanges(step.ranges, code);
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
