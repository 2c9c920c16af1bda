import type { Findings } from '../images/foundReferences.ts';
import { resolveWays, type Scope } from './resolveText.ts';
import { isWholeImage } from './wholeImage.ts';

/** Longer lines are not looked into. */
const longestLine = 2000;

/** How lines are read. */
export interface LineReading {
  /** Lines before the text in its file. Default 0. */
  readonly above?: number;
  /** Lines that were read otherwise. Default none. */
  readonly read?: ReadonlySet<number>;
  /** The ways in which variables may be filled in. Default: nothing is known. */
  readonly scopes?: readonly Scope[];
}

const nothing: readonly Scope[] = [{ variable: () => undefined }];

/**
 * The lines `image: …` of a file that is no YAML as it stands, such as the template of a Helm chart or a file with a mistake, and those whose
 * value is an image from end to end: what is written out there protects, the rest is told.
 */
export function readTemplateLines(
  text: string,
  findings: Findings,
  { above = 0, read, scopes = nothing }: LineReading = {},
): void {
  const lines = text.split(/\r\n?|\n/);
  lines.forEach((line, index) => {
    if (line.length > longestLine || read?.has(index + 1 + above)) return;
    const next = lines[index + 1] ?? '';
    // The value of a line may be what the template makes on the next one.
    if (next.length <= longestLine && /^\s*(?:- +)?["']?[\w.-]*image["']?\s*:\s*$/i.test(line)) {
      const action = /^\s*(\{\{-?\s*(?:include|template|tpl|printf|\.|\$)[^{}]*\}\})/.exec(next)?.[1];
      if (action !== undefined) {
        return findings.addResolved([undefined], action, { line: index + 2 + above, column: next.indexOf(action) + 1 });
      }
    }
    const found = /^(\s*(?:- +)?(?:["']?([\w.-]+)["']?\s*:\s+)?)(\S.*)$/.exec(line);
    if (!found) return;
    const [, before, key = '', value] = found as unknown as [string, string, string | undefined, string];
    const written = (
      /^"([^"]*)"\s*(?:#.*)?$/.exec(value)?.[1] ??
      /^'([^']*)'\s*(?:#.*)?$/.exec(value)?.[1] ??
      value.replace(/\s+#.*$/, '').trim()
    ).replace(/^([^\s{]+)\s+\{[{%].*$/, '$1');
    const at = { line: index + 1 + above, column: before.length + 1 };
    if (isWholeImage(written)) return findings.addResolved([written], written, at);
    // A block, an anchor or a map begins here; the image is further down.
    if (
      !/image$/i.test(key) ||
      /^(?:[|>&*#]|\{(?!\{)|\{\{-?\s*(?:if|with|range|end|else|define|toYaml)\b)/.test(written)
    ) {
      return;
    }
    const ways = scopes.flatMap((scope) => resolveWays(written, scope, undefined));
    const known = ways.filter(({ parts }) => !parts.includes(undefined));
    for (const { parts } of known.length > 0 ? known : ways) findings.addResolved(parts, written, at);
  });
}
