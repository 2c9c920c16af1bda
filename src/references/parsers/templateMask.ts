/** Where the characters of template actions are moved to: a block for private use. */
const base = 0xe000;
const masked = /[\ue000-\ue07f]/g;
/** How an action begins and how it ends. */
const ends: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}', '<%': '%>' };
/** Longer actions are none: what looks like the beginning of one means something else. */
const longest = 5000;

/**
 * A template as text that the parsers of YAML and Dockerfiles can read: actions that stand alone on their lines, and comments, become blank,
 * all others characters that mean nothing to them, which `unmasked` turns back. Every place in the text stays where it is.
 */
export function maskTemplate(text: string): string {
  const opening = /\{\{|(?<!\$)\{[%#]|<%/g;
  const pieces: string[] = [];
  let at = 0;
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const start = found.index;
    const close = ends[found[0]]!;
    const window = text.slice(start, start + longest);
    const closed = window.indexOf(close, 2);
    if (closed < 0) continue;
    let end = start + closed + 2;
    // A brace may belong to the action: `{{ {"a": 1}}}`.
    while (close === '}}' && text[end] === '}') end++;
    const action = text.slice(start, end);
    const before = text.slice(Math.max(0, start - 200), start);
    const beginsLine = /(?:^|\n)[ \t]*$/.test(before) && (before.includes('\n') || start <= 200);
    // Over several lines only what begins one: `${#` and the like stand in scripts.
    if (close !== '}}' && !beginsLine && action.includes('\n')) continue;
    const isAlone = beginsLine && /^[ \t]*(?:\r?\n|$)/.test(text.slice(end, end + 200));
    const isComment = close === '#}' || /^\{\{-?\s*\/\*/.test(action);
    const isBlank = isAlone || isComment || action.includes('\n');
    pieces.push(
      text.slice(at, start),
      isBlank
        ? action.replace(/[^\r\n]/g, ' ')
        : action.replace(/[ -~]/g, (character) => String.fromCharCode(base + character.charCodeAt(0))),
    );
    at = opening.lastIndex = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/** A piece of masked text as it was written. */
export function unmasked(text: string): string {
  return text.replace(masked, (character) => String.fromCharCode(character.charCodeAt(0) - base));
}
