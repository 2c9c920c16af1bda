import { GlobAutomaton } from './globAutomaton.ts';
import { compilePlain, isPlain, lower, type Step } from './globSteps.ts';

/**
 * Why a pattern is not a glob: nothing written; over 1,000 characters; a `!` that is neither the first character of a
 * set nor of an entry in a list of repositories; a bracket or brace without its partner or with nothing inside; a brace
 * inside a brace; a range that runs backwards; `[^`, which other tools read as `[!`; a backslash, which escapes nothing
 * here; a blank, which no name holds.
 */
export type GlobSyntaxReason =
  'empty' | 'tooLong' | 'negation' | 'bracket' | 'brace' | 'nestedBrace' | 'range' | 'caret' | 'backslash' | 'blank';

const LONGEST_PATTERN = 1000;
const WRONG: Readonly<Record<GlobSyntaxReason, string>> = {
  empty: 'nothing is written',
  tooLong: 'it is longer than 1,000 characters',
  negation: '"!" is allowed only at the start of a set such as [!abc] and of an entry in a list of repositories',
  bracket: 'a "[" or "]" has no partner or nothing inside',
  brace: 'a "{" or "}" has no partner or nothing inside',
  nestedBrace: 'a brace inside a brace is not allowed',
  range: 'the range runs backwards',
  caret: 'write [!abc], not [^abc]',
  backslash: '"\\" is not allowed',
  blank: 'a blank is not allowed',
};

/** A pattern that is not a glob. The message says in English where and why. */
export class GlobSyntaxError extends Error {
  override readonly name = 'GlobSyntaxError';
  readonly pattern: string;
  /** Index into `pattern` of the character at fault, from 0. */
  readonly position: number;
  readonly reason: GlobSyntaxReason;

  constructor(pattern: string, position: number, reason: GlobSyntaxReason) {
    const shown = pattern.length > 100 ? `${pattern.slice(0, 100)}…` : pattern;
    super(`The pattern "${shown}" cannot be used, at character ${position + 1}: ${WRONG[reason]}.`);
    this.pattern = pattern;
    this.position = position;
    this.reason = reason;
  }
}

/** A pattern that is ready to be matched against whole names. */
export interface Glob {
  readonly pattern: string;
  /** Whether the whole name matches. Takes time in proportion to the length of the pattern times that of the name. */
  matches(name: string): boolean;
}

/**
 * Reads a glob: `*` is any run of characters, `?` one character, `[abc]`, `[a-z]` and `[!abc]` one of a set, `{a,b}` one
 * of several globs, not nested; everything else stands for itself. Only a written `/` matches `/`, so that `*` stays
 * within a namespace; the names of tags hold none. `ignoreCase`, by default false, ignores the case of A to Z.
 *
 * @throws GlobSyntaxError when the pattern is empty, over 1,000 characters, or breaks one of these rules
 */
export function compileGlob(pattern: string, options: { readonly ignoreCase?: boolean } = {}): Glob {
  const ignoreCase = options.ignoreCase ?? false;
  const steps = parse(pattern, 0, ignoreCase);
  if (isPlain(steps)) return Object.freeze({ pattern, matches: compilePlain(steps, ignoreCase) });
  const automaton = new GlobAutomaton([steps], ignoreCase);
  return Object.freeze({ pattern, matches: (name: string) => automaton.find(name) === 0 });
}

/** Globs that are matched against whole names together. */
export interface GlobList {
  /** The first pattern that matches, as it was written; `undefined` when none does. Takes no longer for many globs than for one, but for a few at the start. */
  firstMatch(name: string): string | undefined;
}

/**
 * Reads a list of globs as `compileGlob` reads each.
 *
 * @throws GlobSyntaxError for the first pattern that is not a glob
 */
export function compileGlobs(patterns: readonly string[], options: { readonly ignoreCase?: boolean } = {}): GlobList {
  const find = finder(patterns, 0, options.ignoreCase ?? false);
  return Object.freeze({ firstMatch: (name: string) => patterns[find(name)] });
}

/**
 * Reads a list of globs of repositories (`namespace/name`); an entry that begins with `!` excludes. The result tells
 * whether at least one other glob and no excluding one matches, in whatever order they stand. An empty list, or one
 * that only excludes, matches nothing.
 *
 * @throws GlobSyntaxError for the first entry that is not a glob
 */
export function compileRepositoryGlobs(patterns: readonly string[]): (fullName: string) => boolean {
  const isExcluding = (pattern: string): boolean => pattern.startsWith('!');
  // In one pass first, so that the first mistake is reported.
  for (const pattern of patterns) parse(pattern, isExcluding(pattern) ? 1 : 0, false);
  const included = finder(
    patterns.filter((pattern) => !isExcluding(pattern)),
    0,
    false,
  );
  const excluded = finder(patterns.filter(isExcluding), 1, false);
  return (fullName) => included(fullName) >= 0 && excluded(fullName) < 0;
}

/** Gives the place of the first pattern that matches a name, -1 where none does. The automaton is made for the first name. */
function finder(patterns: readonly string[], start: number, ignoreCase: boolean): (name: string) => number {
  const globs = patterns.map((pattern) => parse(pattern, start, ignoreCase));
  if (globs.length === 0) return () => -1;
  let automaton: GlobAutomaton | undefined;
  return (name) => (automaton ??= new GlobAutomaton(globs, ignoreCase)).find(name);
}

function parse(pattern: string, start: number, ignoreCase: boolean): readonly Step[] {
  const fail = (position: number, reason: GlobSyntaxReason): GlobSyntaxError =>
    new GlobSyntaxError(pattern, position, reason);
  if (pattern.length === start) throw fail(start, 'empty');
  if (pattern.length > LONGEST_PATTERN) throw fail(LONGEST_PATTERN, 'tooLong');

  const steps: Step[] = [];
  let brace: { readonly position: number; readonly entries: number[]; readonly exits: number[][] } | undefined;
  for (let at = start; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '*') {
      steps.push({ kind: 'run' });
    } else if (char === '?') {
      steps.push({ kind: 'set', ranges: [], negated: true });
    } else if (char === '[') {
      const set = parseSet(pattern, at);
      steps.push(set.step);
      at = set.end;
    } else if (char === '{') {
      if (brace) throw fail(at, 'nestedBrace');
      brace = { position: at, entries: [steps.length + 1], exits: [] };
      steps.push({ kind: 'fork', to: brace.entries });
    } else if (char === ',' && brace) {
      const exit: number[] = [];
      steps.push({ kind: 'fork', to: exit });
      brace.exits.push(exit);
      brace.entries.push(steps.length);
    } else if (char === '}') {
      if (!brace || brace.position === at - 1) throw fail(at, 'brace');
      for (const exit of brace.exits) exit.push(steps.length);
      brace = undefined;
    } else {
      const reason = refusal(char);
      if (reason) throw fail(at, reason);
      const code = char.charCodeAt(0);
      steps.push({ kind: 'char', code: ignoreCase ? lower(code) : code });
    }
  }
  if (brace) throw fail(brace.position, 'brace');
  return steps;
}

function parseSet(pattern: string, open: number): { readonly step: Step; readonly end: number } {
  const negated = pattern[open + 1] === '!';
  const first = open + (negated ? 2 : 1);
  const end = pattern.indexOf(']', first);
  if (end <= first) throw new GlobSyntaxError(pattern, open, 'bracket');
  if (pattern[first] === '^') throw new GlobSyntaxError(pattern, first, 'caret');
  const ranges: number[] = [];
  for (let at = first; at < end; at++) {
    const reason = pattern[at] === '[' ? 'bracket' : refusal(pattern[at]!);
    if (reason) throw new GlobSyntaxError(pattern, at, reason);
    const isRange = pattern[at + 1] === '-' && at + 2 < end;
    const [from, to] = [pattern.charCodeAt(at), pattern.charCodeAt(isRange ? at + 2 : at)];
    if (to < from) throw new GlobSyntaxError(pattern, at, 'range');
    ranges.push(from, to);
    if (isRange) at += 2;
  }
  return { step: { kind: 'set', ranges, negated }, end };
}

/** No name holds these; as plain characters they would make a pattern that protects nothing, in silence. */
function refusal(char: string): GlobSyntaxReason | undefined {
  if (char === '!') return 'negation';
  if (char === ']') return 'bracket';
  if (char === '\\') return 'backslash';
  return /\s/.test(char) ? 'blank' : undefined;
}
