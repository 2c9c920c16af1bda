/** A part of a text that something fills in later. */
export interface Placeholder {
  /** Offset behind it. */
  readonly end: number;
  /** Whether it may as well be markup or punctuation: `<br>`, `[1]`, `*`. */
  readonly isWeak: boolean;
}

/** No placeholder is looked at any further than that, so that hostile files cost no more than they are long. */
const longest = 200;

const strong = new RegExp(
  [
    // Shells, make, PowerShell; `$1` of a script.
    /\$(?:env:)?\w+/,
    /%[\w-]+%/,
    /%\(\w+\)[a-z]/,
    // `%20` is a character of an address, `%n` the end of a line.
    /%(?![0-9a-f]{2})(?!n)[-+0#]*\d{0,3}(?:\.\d{1,3})?[a-z]/,
    // Batch files: the first argument.
    /%~?\d(?![0-9a-f])/,
    /@[\w.-]{1,100}@/,
    /!\w{1,100}!/,
    /\{(?![\s{])[^{}\r\n]{0,100}\}/,
    /<%[^\r\n]{0,100}?%>/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'iy',
);
const weak =
  /<(?!(?:br|hr|b|i|p|a|li|td|th|tr|em|code|strong|span|div|pre)\b)[\w$][^<>\r\n]{0,100}>|\[\[[^\r\n]{0,100}?\]\]|\[[\w$][^[\]\r\n]{0,100}\]|\(\w[^()\r\n]{0,100}\)|\*+/iy;

/**
 * The placeholder that begins at an offset: `$TAG`, `${TAG:-1}`, `$(tag)`, `{{ tag }}`, `{tag}`, `{}`, `#{tag}`, `\(tag)`, `%TAG%`, `%s`, `@TAG@`,
 * `!TAG!`, `<tag>`, `<%= tag %>`, `[tag]`, `*`. One that has no end within 200 characters and its line ends right behind its beginning.
 */
export function placeholderAt(text: string, at: number): Placeholder | undefined {
  // In a text within a text the dollar has a backslash.
  const from = text[at] === '\\' && /[$#{]/.test(text[at + 1] ?? '') ? at + 1 : at;
  const two = text.slice(from, from + 2);
  switch (two) {
    case '${':
    case '#{':
    case '%{':
      return { end: closing(text, from + 1, '{', '}'), isWeak: false };
    case '{{':
      return { end: closing(text, from, '{', '}'), isWeak: false };
    case '$(':
      return { end: closing(text, from + 1, '(', ')'), isWeak: false };
    // Of Swift; a bracket of a regular expression or of Markdown as well.
    case '\\(':
      return { end: closing(text, from + 1, '(', ')'), isWeak: true };
    case '$[':
      return { end: closing(text, from + 1, '[', ']'), isWeak: false };
  }
  for (const pattern of [strong, weak]) {
    pattern.lastIndex = from;
    if (pattern.test(text)) return { end: pattern.lastIndex, isWeak: pattern === weak };
  }
  return undefined;
}

/** Offset of the beginning of the placeholder that ends at an offset; -1 where none does. */
export function placeholderBefore(text: string, end: number): number {
  const floor = Math.max(0, end - longest);
  const last = text[end - 1] ?? '';
  if (last === '}') {
    const open = opening(text, end, floor, '{', '}');
    return open > floor && '$#%'.includes(text[open - 1]!) ? open - 1 : open;
  }
  if (last === ')') {
    const open = opening(text, end, floor, '(', ')');
    return open > floor && '$\\'.includes(text[open - 1]!) ? open - 1 : -1;
  }
  if (last === ']') {
    const open = opening(text, end, floor, '[', ']');
    return open > floor && text[open - 1] === '$' ? open - 1 : open;
  }
  if (last === '*') return end - 1;
  if (last === '>') return endingWith(/<[\w$%][^<>\r\n]*>$/);
  return '%@!'.includes(last) ? endingWith(/([%@!])[\w-]+\1$/) : -1;

  function endingWith(pattern: RegExp): number {
    const from = Math.max(0, end - 60);
    const found = text.slice(from, end).search(pattern);
    return found < 0 ? -1 : from + found;
  }
}

/** Offset behind the bracket that closes the one at `open`. */
function closing(text: string, open: number, opener: string, closer: string): number {
  const limit = Math.min(text.length, open + longest);
  let depth = 0;
  for (let at = open; at < limit && text[at] !== '\n' && text[at] !== '\r'; at++) {
    if (text[at] === opener) depth++;
    else if (text[at] === closer && --depth === 0) return at + 1;
  }
  return open + 1;
}

/** Offset of the bracket that the one before `end` closes; -1 where there is none. */
function opening(text: string, end: number, floor: number, opener: string, closer: string): number {
  let depth = 0;
  for (let at = end - 1; at >= floor && text[at] !== '\n' && text[at] !== '\r'; at--) {
    if (text[at] === closer) depth++;
    else if (text[at] === opener && --depth === 0) return at;
  }
  return -1;
}
