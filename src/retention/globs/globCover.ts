import { compileGlob } from './glob.ts';

/** What a glob without braces is made of. A set is a text such as `[!a-c]`. */
type Token = { readonly kind: 'char' | 'set'; readonly text: string } | { readonly kind: 'one' | 'run' };

/** How many globs without braces one with braces may stand for. */
const maxForms = 64;

/** Work that is left, in comparisons of characters or tokens; what takes more is not found out. */
export interface CoverBudget {
  left: number;
}

/**
 * Whether every name that `narrow` matches is matched by `wide` for certain. `false` says nothing: some such pairs are not found.
 *
 * Both are globs as `compileGlob` reads them, with the case told apart.
 * @param budget is used up by the work, at most the product of both lengths; by default enough for any pair of people's globs
 */
export function globCovers(wide: string, narrow: string, budget: CoverBudget = { left: 1_000_000 }): boolean {
  if (wide === narrow) return true;
  if (--budget.left < 0 || !isSpecial(wide) || differAtStart(wide, narrow)) return false;
  budget.left -= wide.length + narrow.length;
  if (budget.left < 0) return false;
  const [wideForms, narrowForms] = [formsOf(wide), formsOf(narrow)];
  if (!wideForms || !narrowForms) return false;
  const [wideTokens, narrowTokens] = [wideForms.map(tokensOf), narrowForms.map(tokensOf)];
  return narrowTokens.every((inner) => wideTokens.some((outer) => covers(outer, inner, budget)));
}

/**
 * Whether some name may be matched by both globs. `false` is certain; `true` is not.
 * @param budget is used up by the work, at most the product of both lengths; by default enough for any pair
 */
export function mayShareName(a: string, b: string, budget: CoverBudget = { left: 1_000_000 }): boolean {
  if (differAtStart(a, b)) return false;
  if (isSpecial(a) && isSpecial(b)) return true;
  budget.left -= a.length * b.length;
  if (budget.left < 0) return true;
  return isSpecial(a) ? compileGlob(a).matches(b) : compileGlob(b).matches(a);
}

/**
 * Whether what two globs are written with before anything that stands for something else differs, so that no name is matched by both: true of most
 * pairs, and found out at once.
 */
function differAtStart(a: string, b: string): boolean {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (special.has(a[at]!) || special.has(b[at]!)) return false;
    if (a[at] !== b[at]) return true;
  }
  return false;
}

/** Whether a glob may match more than the one name that it is written as. */
export function isSpecial(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

const special = new Set('*?[{');

/**
 * From the end on, whether the rest of `wide` takes all that the rest of `narrow` stands for: a run takes any tokens but a `/`, each other token
 * takes one that stands for no more than it does.
 */
function covers(wide: readonly Token[], narrow: readonly Token[], budget: CoverBudget): boolean {
  budget.left -= (wide.length + 1) * (narrow.length + 1);
  if (budget.left < 0) return false;
  let behind = narrow.map(() => false).concat(true);
  for (const token of wide.toReversed()) {
    const row = behind.slice();
    for (let at = narrow.length; at >= 0; at--) {
      const next = narrow[at];
      if (token.kind === 'run') row[at] = behind[at]! || (next !== undefined && !isSlash(next) && row[at + 1]!);
      else row[at] = next !== undefined && takes(token, next) && behind[at + 1]!;
    }
    behind = row;
  }
  return behind[0]!;
}

function takes(wide: Token, narrow: Token): boolean {
  if (narrow.kind === 'run') return false;
  if (wide.kind === 'one') return !isSlash(narrow);
  if (wide.kind === 'run' || narrow.kind === 'one') return false;
  if (wide.kind === 'set' && narrow.kind === 'char') return compileGlob(wide.text).matches(narrow.text);
  return wide.kind === narrow.kind && wide.text === narrow.text;
}

function isSlash(token: Token): boolean {
  return token.kind === 'char' && token.text === '/';
}

/** The globs without braces that one stands for together; `undefined` where there are too many. */
function formsOf(pattern: string): string[] | undefined {
  let forms = [''];
  for (const part of partsOf(pattern)) {
    const choices = part.startsWith('{') ? choicesOf(part.slice(1, -1)) : [part];
    if (forms.length * choices.length > maxForms) return undefined;
    forms = forms.flatMap((form) => choices.map((choice) => form + choice));
  }
  return forms;
}

/** Braces, and what stands between them. In a set, a brace is a character. */
function partsOf(pattern: string): string[] {
  return pattern.match(/\{(?:\[[^\]]*\]|[^[}])*\}|(?:\[[^\]]*\]|[^[{])+/g) ?? [];
}

function choicesOf(inside: string): string[] {
  const choices = [''];
  for (const [part] of inside.matchAll(/\[[^\]]*\]|[^[]/g)) {
    if (part === ',') choices.push('');
    else choices[choices.length - 1] += part;
  }
  return choices;
}

function tokensOf(form: string): Token[] {
  return (form.match(/\[[^\]]*\]|[^[]/g) ?? []).map((text): Token => {
    if (text === '*') return { kind: 'run' };
    if (text === '?') return { kind: 'one' };
    return { kind: text.startsWith('[') ? 'set' : 'char', text };
  });
}
