import type { Findings } from './foundReferences.ts';
import { resolveText } from './resolveText.ts';

/** Longer lines are not looked into. */
const longestLine = 2000;

/**
 * The lines `image: …` of a file that is no YAML as it stands, such as the template of a Helm chart or a file with a mistake: what is
 * written out there protects, the rest is told.
 * @param above lines before the text in its file
 */
export function readTemplateLines(text: string, findings: Findings, above = 0): void {
  text.split(/\r\n?|\n/).forEach((line, index) => {
    if (line.length > longestLine) return;
    const found = /^(\s*(?:- +)?["']?[\w-]*image["']?\s*:\s+)(\S.*)$/i.exec(line);
    if (!found) return;
    const [, before, value] = found as unknown as [string, string, string];
    const written = /^"([^"]*)"\s*(?:#.*)?$/.exec(value)?.[1] ?? /^'([^']*)'\s*(?:#.*)?$/.exec(value)?.[1] ?? value.replace(/\s+#.*$/, '').trim();
    // A block, an anchor or a map begins here; the image is further down.
    if (/^(?:[|>&*#]|\{(?!\{)|\{\{-?\s*(?:if|with|range|end|else|define|toYaml)\b)/.test(written)) return;
    findings.addResolved(resolveText(written, () => undefined, undefined).parts, written, { line: index + 1 + above, column: before.length + 1 });
  });
}
