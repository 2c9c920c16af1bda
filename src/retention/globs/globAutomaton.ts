import { accepts, type Step } from './globSteps.ts';

const slash = 0x2f;
/** Characters whose steps are remembered for each state: those that names have. */
const known = 128;
/** States that are remembered at most, some megabytes; people's globs make a few dozen. */
const maxStates = 2000;
/** Other characters whose steps are remembered. */
const maxOthers = 1000;
const unknown = -1;

/**
 * All globs of a list at once. Every step of every glob is a bit of one long set, so that one character of a name costs a pass over that set, however
 * the globs are written; the sets that names lead to are remembered as states, so that it mostly costs one look into a table.
 */
export class GlobAutomaton {
  readonly #ignoreCase: boolean;
  readonly #steps: readonly (Step | undefined)[];
  readonly #words: number;
  /** Steps that take any run of characters; never two in a row. */
  readonly #runs: Int32Array;
  /** For each fork, all steps that can be reached from it without a character. */
  readonly #forks: readonly { readonly at: number; readonly reached: Int32Array }[];
  /** The last bit of each glob, in the order of the globs. */
  readonly #ends: Int32Array;
  readonly #globAt: ReadonlyMap<number, number>;
  /** The steps that take a character. */
  readonly #taking: (Int32Array | undefined)[] = [];
  readonly #others = new Map<number, Int32Array>();
  readonly #states: {
    readonly bits: Int32Array;
    readonly next: Int32Array;
    readonly found: number;
    readonly isDead: boolean;
  }[] = [];
  /** By a number made of the bits. */
  readonly #statesBy = new Map<number, number[]>();
  readonly #scratch: readonly [Int32Array, Int32Array];

  /** @param globs the steps of each. @param ignoreCase ignores the case of A to Z; written characters must then be lower-case in the steps */
  constructor(globs: readonly (readonly Step[])[], ignoreCase: boolean) {
    const steps: (Step | undefined)[] = [];
    const ends: number[] = [];
    for (const glob of globs) {
      steps.push(...laidOut(glob, steps.length));
      ends.push(steps.length);
      steps.push(undefined);
    }
    this.#ignoreCase = ignoreCase;
    this.#steps = steps;
    this.#words = (steps.length + 31) >>> 5;
    this.#ends = this.#setOf((step) => step === undefined);
    this.#globAt = new Map(ends.map((end, glob) => [end, glob]));
    this.#runs = this.#setOf((step) => step?.kind === 'run');
    this.#forks = reachedFromForks(steps, this.#words);
    this.#scratch = [new Int32Array(this.#words), new Int32Array(this.#words)];
    const start = new Int32Array(this.#words);
    for (const first of [0, ...ends.slice(0, -1).map((end) => end + 1)]) if (first < steps.length) put(start, first);
    this.#close(start);
    this.#remember(start);
  }

  /**
   * The place of the first glob that takes the whole name; -1 where none does. Takes time in proportion to the length of the name, and to that of all
   * globs together where these are made to lead to ever new states.
   */
  find(name: string): number {
    let state = 0;
    for (let at = 0; at < name.length; at++) {
      const { next, isDead, bits } = this.#states[state]!;
      if (isDead) return unknown;
      const code = name.charCodeAt(at);
      let target = code < known ? next[code]! : unknown;
      if (target === unknown) {
        target = this.#follow(bits, code);
        if (target === unknown) return this.#findSlowly(bits, name, at);
        if (code < known) next[code] = target;
      }
      state = target;
    }
    return this.#states[state]!.found;
  }

  /** The state that a character leads to; `unknown` when there is no room for it. */
  #follow(bits: Int32Array, code: number): number {
    const [target] = this.#scratch;
    this.#step(bits, code, target);
    const same = this.#statesBy
      .get(mixed(target))
      ?.find((state) => target.every((word, at) => word === this.#states[state]!.bits[at]));
    return same ?? (this.#states.length < maxStates ? this.#remember(target.slice()) : unknown);
  }

  #findSlowly(bits: Int32Array, name: string, from: number): number {
    let [next, current] = this.#scratch;
    current.set(bits);
    for (let at = from; at < name.length; at++) {
      if (!this.#step(current, name.charCodeAt(at), next)) return unknown;
      [current, next] = [next, current];
    }
    return this.#foundIn(current);
  }

  /** Writes what a character leads to. @returns whether anything is left */
  #step(from: Int32Array, code: number, to: Int32Array): boolean {
    const taking = this.#takingOf(code);
    let carry = 0;
    let any = 0;
    for (let word = 0; word < this.#words; word++) {
      const taken = from[word]! & taking[word]!;
      to[word] = (taken << 1) | carry | (code === slash ? 0 : from[word]! & this.#runs[word]!);
      carry = taken >>> 31;
      any |= to[word]!;
    }
    if (any !== 0) this.#close(to);
    return any !== 0;
  }

  /** Adds what is reached without a character: the step behind a run, and those that a fork leads to. */
  #close(bits: Int32Array): void {
    let carry = 0;
    for (let word = 0; word < this.#words; word++) {
      const running = bits[word]! & this.#runs[word]!;
      bits[word] = bits[word]! | (running << 1) | carry;
      carry = running >>> 31;
    }
    for (const { at, reached } of this.#forks) {
      if (has(bits, at)) {
        for (let word = at >>> 5; word < this.#words; word++) bits[word] = bits[word]! | reached[word]!;
      }
    }
  }

  #remember(bits: Int32Array): number {
    const found = this.#foundIn(bits);
    this.#states.push({
      bits,
      next: new Int32Array(known).fill(unknown),
      found,
      isDead: bits.every((word) => word === 0),
    });
    const state = this.#states.length - 1;
    const key = mixed(bits);
    const others = this.#statesBy.get(key);
    if (others) others.push(state);
    else this.#statesBy.set(key, [state]);
    return state;
  }

  #foundIn(bits: Int32Array): number {
    for (let word = 0; word < this.#words; word++) {
      const ended = bits[word]! & this.#ends[word]!;
      // The lowest bit that is set.
      if (ended !== 0) return this.#globAt.get(word * 32 + 31 - Math.clz32(ended & -ended))!;
    }
    return unknown;
  }

  #takingOf(code: number): Int32Array {
    const kept = code < known ? this.#taking[code] : this.#others.get(code);
    if (kept) return kept;
    const taking = this.#setOf(
      (step) =>
        step !== undefined && (step.kind === 'char' || step.kind === 'set') && accepts(step, code, this.#ignoreCase),
    );
    if (code < known) this.#taking[code] = taking;
    else if (this.#others.size < maxOthers) this.#others.set(code, taking);
    return taking;
  }

  #setOf(isIn: (step: Step | undefined) => boolean): Int32Array {
    const bits = new Int32Array(this.#words);
    this.#steps.forEach((step, at) => isIn(step) && put(bits, at));
    return bits;
  }
}

/** The steps of one glob from a place on: of runs in a row, which mean the same as one, only the first; forks lead to places. */
function laidOut(glob: readonly Step[], from: number): Step[] {
  const places: number[] = [];
  const steps: Step[] = [];
  glob.forEach((step, at) => {
    const isRepeated = step.kind === 'run' && glob[at - 1]?.kind === 'run';
    places.push(from + steps.length - (isRepeated ? 1 : 0));
    if (!isRepeated) steps.push(step);
  });
  places.push(from + steps.length);
  return steps.map((step) =>
    step.kind === 'fork' ? { kind: 'fork', to: step.to.map((target) => places[target]!) } : step,
  );
}

/** Forks lead forwards only, so that the last ones are known first. */
function reachedFromForks(
  steps: readonly (Step | undefined)[],
  words: number,
): { readonly at: number; readonly reached: Int32Array }[] {
  const forks = new Map<number, Int32Array>();
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at];
    if (step?.kind !== 'fork') continue;
    const reached = new Int32Array(words);
    const reach = (target: number): void => {
      put(reached, target);
      const further = forks.get(target);
      if (further) for (let word = 0; word < words; word++) reached[word] = reached[word]! | further[word]!;
      if (steps[target]?.kind === 'run') reach(target + 1);
    };
    for (const target of step.to) reach(target);
    forks.set(at, reached);
  }
  return [...forks].map(([at, reached]) => ({ at, reached })).reverse();
}

/** A number that is rarely the same for different bits. */
function mixed(bits: Int32Array): number {
  let hash = 0;
  for (let word = 0; word < bits.length; word++) hash = Math.imul(hash ^ bits[word]!, 0x01000193) ^ (hash >>> 15);
  return hash;
}

function put(bits: Int32Array, at: number): void {
  bits[at >>> 5] = bits[at >>> 5]! | (1 << (at & 31));
}

function has(bits: Int32Array, at: number): boolean {
  return (bits[at >>> 5]! & (1 << (at & 31))) !== 0;
}
