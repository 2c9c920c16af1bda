import { cutPattern } from '../images/cutPattern.ts';
import type { Resolved } from '../images/foundReferences.ts';

/** The value of a variable; undefined where it is not known. */
export type Lookup = (name: string) => string | undefined;

/** What came of filling in variables. */
export interface Interpolated {
  readonly parts: Resolved;
  /** Whether a default was taken because a variable is not known, so that the environment may decide otherwise. */
  readonly usesDefault: boolean;
}

/** Defaults inside of defaults go no deeper. */
const deepest = 5;
/** A longer text is not looked into: no image's name, and no variable that is part of one, comes near. */
const longest = 4000;

/**
 * Fills in variables as Compose, Dockerfiles and shells write them: `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:?error}`,
 * `${X:+other}`. Everything else after a `${` is a part that is not known. A text without variables comes back as it is.
 * @param escape what stands for a `$` itself: `$$` in Compose, `\$` in a Dockerfile
 * @param cutsPatterns whether `${X#pattern}`, `${X%pattern}` and `${X/pattern/other}` are known, as BuildKit does
 */
export function interpolate(
  text: string,
  lookup: Lookup,
  escape: '$$' | '\\$' | undefined = undefined,
  depth = 0,
  cutsPatterns = false,
): Interpolated {
  if (text.length > longest) return { parts: [undefined], usesDefault: false };
  const parts: (string | undefined)[] = [];
  let usesDefault = false;
  let literal = '';
  let at = 0;
  const unknown = (): void => {
    parts.push(literal, undefined);
    literal = '';
  };
  while (at < text.length) {
    if (escape !== undefined && text.startsWith(escape, at)) {
      literal += '$';
      at += 2;
      continue;
    }
    if (text[at] !== '$') {
      const next = nextOf(text, at + 1, escape);
      literal += text.slice(at, next);
      at = next;
      continue;
    }
    const plain = /^\$([A-Za-z_]\w*)/.exec(text.slice(at, at + 200));
    if (plain) {
      const value = lookup(plain[1]!);
      if (value === undefined) unknown();
      else literal += value;
      at += plain[0].length;
      continue;
    }
    if (text[at + 1] !== '{') {
      // What Kubernetes, shells and GitLab fill in, `$(NAME)` and `$[[ inputs.name ]]`, is not known as a whole; nor what a dollar alone means.
      unknown();
      at += /^\$(?:\([^()]*\)|\[\[[^[\]]*\]\])/.exec(text.slice(at, at + 200))?.[0].length ?? 1;
      continue;
    }
    const end = closingBrace(text, at + 1);
    const expression = end < 0 ? undefined : /^([A-Za-z_]\w*)(?:(:?[-?+])([\s\S]*))?$/.exec(text.slice(at + 2, end));
    at = end < 0 ? text.length : end + 1;
    const cut =
      cutsPatterns && end >= 0 ? cutPattern(text.slice(text.lastIndexOf('${', end) + 2, end), lookup) : undefined;
    if (!expression && cut !== undefined) {
      literal += cut;
      continue;
    }
    if (!expression || depth >= deepest) {
      unknown();
      continue;
    }
    const [, name, operator, rest = ''] = expression as unknown as [
      string,
      string,
      string | undefined,
      string | undefined,
    ];
    const value = lookup(name);
    const isEmpty = value === '' && operator?.startsWith(':');
    if (operator?.endsWith('+')) {
      // Where the variable is not known, it may be set after all.
      if (value === undefined) unknown();
      else if (!isEmpty) append(interpolate(rest, lookup, escape, depth + 1, cutsPatterns));
    } else if (value !== undefined && !isEmpty) {
      literal += value;
    } else if (operator?.endsWith('-')) {
      usesDefault ||= value === undefined;
      append(interpolate(rest, lookup, escape, depth + 1, cutsPatterns));
    } else {
      unknown();
    }
  }
  parts.push(literal);
  return { parts: parts.filter((part) => part !== ''), usesDefault };

  function append(inner: Interpolated): void {
    usesDefault ||= inner.usesDefault;
    for (const part of inner.parts) {
      if (part === undefined) unknown();
      else literal += part;
    }
  }
}

function nextOf(text: string, from: number, escape: string | undefined): number {
  const dollar = text.indexOf('$', from);
  const other = escape === '\\$' ? text.indexOf('\\$', from) : -1;
  const found = other >= 0 && other < dollar ? other : dollar;
  return found < 0 ? text.length : found;
}

/** Index of the brace that closes the one at `open`; -1 where there is none. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}
