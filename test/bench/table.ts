import type { CaseResult, Mark } from './benchCase.ts';

/** The columns, and whether their cells stand to the right. */
const columns = [
  ['case', false],
  ['reach', false],
  ['measured', true],
  ['ideal', true],
  ['origin', true],
  ['÷ ideal', true],
  ['÷ origin', true],
  ['requests', true],
  ['429', true],
  ['result', false],
] as const;

/** The results as a Markdown table, with its notes below it; columns are padded, so that it can be read as it is. */
export function markdownTable(results: readonly CaseResult[]): string {
  const rows = [columns.map(([name]) => name as string), ...results.map(cells)];
  const widths = columns.map((_, i) => Math.max(3, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (columns[i]![1] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`;
  const rule = `| ${columns.map(([, right], i) => (right ? `${'-'.repeat(widths[i]! - 1)}:` : '-'.repeat(widths[i]!))).join(' | ')} |`;
  const notes = results.flatMap(({ name, note }) => (note === undefined ? [] : [`- ${name}: ${note}`]));
  return [line(rows[0]!), rule, ...rows.slice(1).map(line), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** The marks of a result that were judged and not reached. */
export function missed({ marks }: CaseResult): Mark[] {
  return marks.filter(({ reached }) => reached === false);
}

/** A mark that was not reached, with what was measured. */
export function missText({ what, value }: Mark): string {
  return `missed: ${what} (${value === undefined ? 'nothing' : number(value)})`;
}

function cells(result: CaseResult): string[] {
  const { name, title, marks, measured, ideal, origin, requests, refusals } = result;
  const reach = marks.filter(({ shown }) => shown !== false).map(({ what }) => what);
  return [
    `${name}: ${title}`,
    reach.join('; '),
    seconds(measured),
    seconds(ideal),
    typeof origin === 'string' ? origin : seconds(origin),
    measured === undefined || !ideal ? '–' : (measured / ideal).toFixed(2),
    measured === undefined || typeof origin !== 'number' ? '–' : (measured / origin).toFixed(2),
    requests === undefined ? '–' : String(requests),
    refusals === undefined ? '–' : String(refusals),
    verdict(result),
  ];
}

function verdict(result: CaseResult): string {
  const misses = missed(result);
  if (misses.length > 0) return misses.map(missText).join('; ');
  if (result.marks.every(({ reached }) => reached === undefined)) return 'not judged';
  const unjudged = result.marks.filter(({ reached }) => reached === undefined).map(({ what }) => what);
  return unjudged.length === 0 ? 'reached' : `reached; not judged: ${unjudged.join('; ')}`;
}

function seconds(ms: number | undefined): string {
  if (ms === undefined) return '–';
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
