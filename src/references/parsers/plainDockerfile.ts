/** A here-document that nothing ends. */
export interface OpenHeredoc {
  readonly name: string;
  /** Counted from 0. */
  readonly line: number;
}

/** A Dockerfile without here-documents. */
export interface PlainDockerfile {
  readonly text: string;
  /** Docker refuses such a file; what follows is read all the same. */
  readonly open: readonly OpenHeredoc[];
}

/** Longer lines are not looked into for here-documents. */
const longestLine = 20_000;

/**
 * Takes the here-documents out of a Dockerfile: their texts and every `<<` become blank, and all else stays where it is. The parser would take
 * a `<<WORD` in quotes for the beginning of one, and everything below for its text.
 * https://docs.docker.com/reference/dockerfile/#here-documents
 */
export function withoutHeredocs(text: string, escape: string): PlainDockerfile {
  if (!text.includes('<<')) return { text, open: [] };
  const lines = text.split('\n');
  const open: OpenHeredoc[] = [];
  const lastAt = new Map<string, number>();
  // Where each line stands last, so that the end of a text that has none is not looked for again and again.
  lines.forEach((line, index) => {
    lastAt.set(trimmedEnd(line), index);
    lastAt.set(`\t${trimmedEnd(line).replace(/^\t+/, '')}`, index);
  });
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at]!.includes('<<') && !lines[at]!.trimEnd().endsWith(escape)) continue;
    const first = at;
    let instruction = '';
    if (/^\s*#/.test(lines[at]!)) {
      lines[at] = blanked(lines[at]!);
      continue;
    }
    for (; at < lines.length; at++) {
      const line = lines[at]!;
      if (at > first && /^\s*(?:#|$)/.test(line)) continue;
      const trimmed = line.trimEnd();
      const goesOn = trimmed.endsWith(escape);
      instruction += goesOn ? trimmed.slice(0, -1) : trimmed;
      if (!goesOn) break;
    }
    const last = Math.min(at, lines.length - 1);
    for (let index = first; index <= last; index++) lines[index] = blanked(lines[index]!);
    if (!/^\s*(?:onbuild\s+)?(?:run|copy|add)\s/i.test(instruction)) continue;
    at = last;
    for (const { name, isTabbed } of heredocsIn(instruction, escape)) {
      const key = isTabbed ? `\t${name}` : name;
      if ((lastAt.get(key) ?? -1) <= at) {
        open.push({ name, line: first });
        break;
      }
      for (at++; at < lines.length; at++) {
        const line = trimmedEnd(lines[at]!);
        lines[at] = '';
        if ((isTabbed ? line.replace(/^\t+/, '') : line) === name) break;
      }
    }
  }
  return { text: lines.join('\n'), open };
}

function trimmedEnd(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function blanked(line: string): string {
  return line.replace(/<</g, '  ');
}

/** The here-documents that an instruction begins: words `<<NAME`, outside of quotes. */
function heredocsIn(instruction: string, escape: string): { readonly name: string; readonly isTabbed: boolean }[] {
  if (instruction.length > longestLine) return [];
  const words: string[] = [];
  let [word, quote] = ['', ''];
  for (let at = 0; at < instruction.length; at++) {
    const character = instruction[at]!;
    if (character === escape && quote !== "'") {
      word += character + (instruction[++at] ?? '');
    } else if (quote !== '') {
      word += character;
      if (character === quote) quote = '';
    } else if (/\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      word += character;
      if (character === '"' || character === "'") quote = character;
    }
  }
  if (word !== '') words.push(word);
  return words.flatMap((each) => {
    const [, dash, name] = /^\d*<<(-?)([^<]+)$/.exec(each) ?? [];
    return name === undefined ? [] : [{ name: name.replace(/["']/g, ''), isTabbed: dash === '-' }];
  });
}
