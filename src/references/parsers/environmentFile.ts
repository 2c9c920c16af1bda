import { interpolate } from './interpolate.ts';

/** Lines of a `.env` file that are read at most, and characters of a line. */
const [maxLines, longestLine] = [10_000, 4000];
/** How often values are tried again that need others further down. */
const rounds = 5;

/**
 * Reads a `.env` file as Compose does: `NAME=value`, an `export` before it, quotes, comments, and variables of the same file, those further
 * down as well. A value that is not wholly known is left out. Lines that are something else are left out, too.
 */
export function parseEnvironmentFile(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  const open = new Map<string, string>();
  const set = (name: string, value: string): void => {
    const { parts } = interpolate(value, (variable) => variables.get(variable));
    if (parts.includes(undefined)) {
      variables.delete(name);
      open.set(name, value);
    } else {
      variables.set(name, parts.join(''));
      open.delete(name);
    }
  };
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n?|\n/, maxLines)) {
    const found = line.length > longestLine ? null : /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*)$/.exec(line);
    if (!found) continue;
    const [, name, written] = found as unknown as [string, string, string];
    const single = /^'([^']*)'/.exec(written);
    const double = /^"((?:[^"\\]|\\.)*)"/.exec(written);
    if (single) {
      variables.set(name, single[1]!);
      open.delete(name);
    } else {
      set(name, double?.[1] ?? written.replace(/(?:^|\s+)#.*$/, '').trim());
    }
  }
  for (let round = 0; round < rounds && open.size > 0; round++) for (const [name, value] of [...open]) set(name, value);
  return variables;
}
