import uPlot from 'uplot';
import type { ChartView, Measure, PageStrings } from '../messages.ts';
import { readBarColors } from './barColors.ts';
import { element } from './element.ts';

const height = 150;
/** Room (px) for a label below a bar. */
const labelRoom = 76;

/** The picture: what was pushed when, stacked by what stays and what goes; its numbers can be read as well. */
export class PlanChart {
  readonly element: HTMLElement;
  readonly #frame = element('div', { class: 'frame', role: 'img' });
  readonly #readout = element('p', { class: 'readout', 'aria-hidden': 'true' });
  readonly #rows = element('tbody');
  readonly #measures = new Map<Measure, HTMLInputElement>();
  readonly #numbers: HTMLDetailsElement;
  #chart: ChartView | undefined;
  #plot: uPlot | undefined;
  #colors = readBarColors(devicePixelRatio);

  /** @param onMeasure is called when the bars are to count something else */
  constructor(strings: PageStrings, onMeasure: (measure: Measure) => void) {
    const radio = (measure: Measure, text: string) => {
      const input = element('input', { type: 'radio', name: 'measure', value: measure, id: `measure-${measure}` });
      input.addEventListener('change', () => onMeasure(measure));
      this.#measures.set(measure, input);
      return element('label', { for: input.id }, input, text);
    };
    this.#numbers = element(
      'details',
      { class: 'numbers' },
      element('summary', {}, strings.numbers),
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...[strings.span, strings.stay, strings.go].map((text) => element('th', { scope: 'col' }, text)),
          ),
        ),
        this.#rows,
      ),
    );
    this.#numbers.addEventListener('toggle', () => this.#fillNumbers());
    const legend = (kind: 'keep' | 'delete', text: string) =>
      element('span', { class: `legend ${kind}` }, element('span', { class: 'swatch', 'aria-hidden': 'true' }), text);
    this.element = element(
      'section',
      { class: 'picture', 'aria-label': strings.picture },
      element(
        'div',
        { class: 'bar' },
        legend('keep', strings.stay),
        legend('delete', strings.go),
        element('span', { class: 'space' }),
        element(
          'fieldset',
          { class: 'measures' },
          element('legend', { class: 'heard' }, strings.measure),
          radio('tags', strings.measureTags),
          radio('size', strings.measureSize),
        ),
      ),
      this.#frame,
      this.#readout,
      this.#numbers,
    );
    new ResizeObserver(() => this.#resize()).observe(this.#frame);
    // A new theme changes the class of the body and the variables at the root; a canvas knows neither.
    const onTheme = new MutationObserver(() => this.#recolor());
    onTheme.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
    onTheme.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    matchMedia('(forced-colors: active)').addEventListener('change', () => this.#recolor());
  }

  show(chart: ChartView): void {
    const isSame = this.#chart?.bars.length === chart.bars.length && this.#plot !== undefined;
    this.#chart = chart;
    this.#frame.setAttribute('aria-label', chart.summary);
    this.#readout.textContent = chart.summary;
    const shown = this.#measures.get(chart.measure);
    if (shown) shown.checked = true;
    this.#fillNumbers();
    if (isSame) this.#plot!.setData(dataOf(chart));
    else this.#draw();
  }

  #draw(): void {
    this.#plot?.destroy();
    const width = this.#frame.clientWidth;
    if (!this.#chart || width === 0) {
      this.#plot = undefined;
      return;
    }
    const bars = uPlot.paths.bars!({ size: [0.82, 64], gap: 0 });
    const axis = { stroke: () => this.#colors.text, font: this.#colors.font.replace(/^\d+/, '11') };
    this.#plot = new uPlot(
      {
        width,
        height,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { time: false, range: () => [-0.6, (this.#chart?.bars.length ?? 1) - 0.4] },
          y: { range: () => [0, this.#chart?.ticks.at(-1)?.value ?? 1] },
        },
        axes: [
          {
            ...axis,
            size: 26,
            grid: { show: false },
            ticks: { show: false },
            splits: (plot) => this.#labelled(plot.width - 80),
            values: (_plot, splits) => splits.map((index) => this.#chart?.bars[index]?.label ?? ''),
          },
          {
            ...axis,
            size: 72,
            grid: { stroke: () => this.#colors.line, width: 1 },
            ticks: { show: false },
            splits: () => (this.#chart?.ticks ?? []).map(({ value }) => value),
            values: (_plot, splits) =>
              splits.map((value) => this.#chart?.ticks.find((tick) => tick.value === value)?.text ?? ''),
          },
        ],
        series: [
          {},
          { paths: bars, points: { show: false }, width: 0, fill: () => this.#colors.delete },
          { paths: bars, points: { show: false }, width: 0, fill: () => this.#colors.keep },
        ],
        hooks: { setCursor: [(plot) => this.#read(plot.cursor.idx)] },
      },
      dataOf(this.#chart),
      this.#frame,
    );
  }

  /** The numbers of the bars that have room for a label. */
  #labelled(width: number): number[] {
    const count = this.#chart?.bars.length ?? 0;
    const step = Math.max(1, Math.ceil((count * labelRoom) / Math.max(width, labelRoom)));
    return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
  }

  #read(index: number | null | undefined): void {
    this.#readout.textContent =
      (index == null ? undefined : this.#chart?.bars[index]?.text) ?? this.#chart?.summary ?? '';
  }

  #resize(): void {
    const width = this.#frame.clientWidth;
    if (!this.#plot) this.#draw();
    else if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height });
  }

  #recolor(): void {
    this.#colors = readBarColors(devicePixelRatio);
    this.#plot?.redraw(true);
  }

  #fillNumbers(): void {
    if (!this.#numbers.open || !this.#chart) return;
    const rows = this.#chart.bars.map(({ label, keepText, deleteText }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, label),
        element('td', {}, keepText),
        element('td', {}, deleteText),
      ),
    );
    this.#rows.replaceChildren(...rows);
  }
}

/** All first, and what stays before it: what is left to see of all is what goes. */
function dataOf({ bars }: ChartView): uPlot.AlignedData {
  return [bars.map((_, index) => index), bars.map((bar) => bar.keep + bar.delete), bars.map((bar) => bar.keep)];
}
