/** Where the characters of template actions are moved to: a block for private use. */
const base = 0xe000;
const masked = /[\ue000-\ue07f]/g;
/** How an action begins and how it ends. */
const ends: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}', '<%': '%>' };

/**
 * A template as text that the parser of YAML can read: actions that stand alone on their lines, and comments, become blank, all others
 * characters that mean nothing to YAML, which `unmasked` turns back. Every place in the text stays where it is.
 */
export function maskTemplate(text: string): string {
  if (!/\{[{%#]|<%/.test(text)) return text;
  const pieces: string[] = [];
  const opening = /\{[{%#]|<%/g;
  let at = 0;
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const close = ends[found[0]]!;
    const closed = text.indexOf(close, found.index + 2);
    if (closed < 0) {
      // Nothing closes it, nor any further one of its kind; others may go on.
      if (close === '}}' || text.indexOf('}}', found.index) < 0) break;
      continue;
    }
    // A brace may belong to the action: `{{ {"a": 1}}}`.
    let end = closed + 2;
    while (close === '}}' && text[end] === '}') end++;
    const action = text.slice(found.index, end);
    const startOfLine = text.lastIndexOf('\n', found.index) + 1;
    const isAlone = found.index - startOfLine < 200 && /^\s*$/.test(text.slice(startOfLine, found.index)) && /^[ \t]*(?:\r?\n|$)/.test(text.slice(end, end + 200));
    const isComment = close === '#}' || /^\{\{-?\s*\/\*/.test(action);
    // What is longer than any name is a loop or a text.
    pieces.push(text.slice(at, found.index), isAlone || isComment || action.includes('\n') ? action.replace(/[^\r\n]/g, ' ') : action.replace(/[!-~]/g, (character) => String.fromCharCode(base + character.charCodeAt(0))));
    at = opening.lastIndex = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/** A piece of masked text as it was written. */
export function unmasked(text: string): string {
  return text.replace(masked, (character) => String.fromCharCode(character.charCodeAt(0) - base));
}
