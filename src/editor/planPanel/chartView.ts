import * as vscode from 'vscode';
import { numberText, tagsText } from '../../text/countText.ts';
import { sizeText } from '../../text/sizeText.ts';
import type { Histogram, HistogramBar } from '../../retention/draft/draftHistogram.ts';
import { chartTicks } from './chartTicks.ts';
import type { BarView, ChartView } from './messages.ts';

/** A histogram as the page draws it, with each of its bars in words. */
export function chartView({ measure, unit, edges, bars, unknown }: Histogram): ChartView {
  const text = (value: number) => (measure === 'tags' ? numberText(value) : sizeText(value));
  const view = (label: string, { going, staying }: HistogramBar): BarView => {
    const [keepText, deleteText] = [text(staying), text(going)];
    return {
      label,
      text: vscode.l10n.t('{0}: keep {1}, delete {2}', label, keepText, deleteText),
      keep: staying,
      delete: going,
      keepText,
      deleteText,
    };
  };
  const unknownFirst = unknown.going + unknown.staying > 0;
  const dated = bars.map((bar, index) => view(barLabel(unit, edges[index]!, edges[index + 1]!), bar));
  const all = unknownFirst ? [view(vscode.l10n.t('unknown'), unknown), ...dated] : dated;
  const most = all.reduce((highest, bar) => Math.max(highest, bar.keep + bar.delete), 0);
  const ticks = chartTicks(most, true).map((value) => ({ value, text: text(value) }));
  return { measure, bars: all, unknownFirst, summary: summaryOf(measure, all, unknownFirst), ticks };
}

function summaryOf(measure: Histogram['measure'], bars: readonly BarView[], unknownFirst: boolean): string {
  const dated = unknownFirst ? bars.slice(1) : bars;
  const sum = (key: 'keep' | 'delete') => bars.reduce((total, bar) => total + bar[key], 0);
  const text = (value: number) => (measure === 'tags' ? tagsText(value) : sizeText(value));
  const [first, last] = [dated[0], dated.at(-1)];
  if (!first || !last) return vscode.l10n.t('delete {0}, keep {1}', text(sum('delete')), text(sum('keep')));
  return vscode.l10n.t(
    'Pushed from {0} to {1}: delete {2}, keep {3}',
    first.label,
    last.label,
    text(sum('delete')),
    text(sum('keep')),
  );
}

/** "2024-03": the step of the calendar that a bar is, in UTC as all dates of this extension. */
function barLabel(unit: Histogram['unit'], from: number, to: number): string {
  const day = new Date(from).toISOString().slice(0, 10);
  switch (unit) {
    case 'day':
    case 'week':
      return day;
    case 'month':
      return day.slice(0, 7);
    case 'quarter':
      return `${day.slice(0, 4)} Q${Math.floor((Number(day.slice(5, 7)) - 1) / 3) + 1}`;
    case 'year':
      return day.slice(0, 4);
    case 'years':
      return `${day.slice(0, 4)}–${new Date(to - 1).toISOString().slice(0, 4)}`;
  }
}
