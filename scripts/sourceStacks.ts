import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { basename, dirname, join } from 'node:path';

/**
 * Makes stacks of a bundle point at its sources by the source map beside it. An extension host formats stacks itself, so
 * Node's own switch for that has no effect there.
 * @param bundle the path of the bundle
 */
export function sourceStacks(bundle: string): (stack: string) => string {
  const file = `${bundle}.map`;
  if (!existsSync(file)) {
    return String;
  }
  const map = new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  const place = new RegExp(`[^\\s(]*${basename(bundle).replaceAll('.', '\\.')}:(\\d+):(\\d+)`, 'g');
  return (stack) =>
    stack.replace(place, (shown, line: string, column: string) => {
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!('originalSource' in entry)) {
        return shown;
      }
      return `${join(dirname(bundle), entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}
