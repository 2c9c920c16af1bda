import { interpolate } from './interpolate.ts';

/** Lines of a `.env` file that are read at most, and characters of a line. */
const [mostLines, longestLine] = [10_000, 4000];

/**
 * Reads a `.env` file as Compose does: `NAME=value`, an `export` before it, quotes, comments, and variables that were set above. A value that
 * is not wholly known is left out. Lines that are something else are left out, too.
 */
export function parseEnvironmentFile(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n?|\n/, mostLines)) {
    const found = line.length > longestLine ? null : /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*)$/.exec(line);
    if (!found) continue;
    const [, name, written] = found as unknown as [string, string, string];
    const single = /^'([^']*)'/.exec(written);
    const double = /^"((?:[^"\\]|\\.)*)"/.exec(written);
    const value = single?.[1] ?? double?.[1] ?? written.replace(/(?:^|\s+)#.*$/, '').trim();
    if (single) {
      variables.set(name, value);
      continue;
    }
    const { parts } = interpolate(value, (variable) => variables.get(variable));
    if (parts.includes(undefined)) variables.delete(name);
    else variables.set(name, parts.join(''));
  }
  return variables;
}
