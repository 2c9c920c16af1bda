import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type {
  DetailsView,
  HostMessage,
  PageString,
  PageStrings,
  PlanView,
  RowWindow,
  SortKey,
  TableView,
} from '../messages.ts';
import type { Announcer } from './announcer.ts';
import { element } from './element.ts';
import type { HostPort } from './hostPort.ts';
import { PlanChart } from './planChart.ts';
import { PolicyForm } from './policyForm.ts';
import { TagGrid } from './tagGrid.ts';

type Button = HTMLElementTagNameMap['vscode-button'];

/** Columns that begin with the largest when they are sorted by. */
const largestFirst: readonly SortKey[] = ['size', 'pulled'];

/** The whole page of one panel: words, picture, controls, table. */
export class PlanPage {
  readonly element: HTMLElement;
  readonly #strings: PageStrings;
  readonly #port: HostPort;
  readonly #announcer: Announcer;
  readonly #form: PolicyForm;
  readonly #chart: PlanChart;
  readonly #grid: TagGrid;
  readonly #totals: HTMLDListElement;
  readonly #warnings: HTMLUListElement;
  readonly #invalid: HTMLElement;
  readonly #asOf = element('span', { class: 'as-of' });
  readonly #selected = element('span', { class: 'selected-count' });
  readonly #noRows: HTMLElement;
  readonly #details = element('section', { class: 'details', hidden: true, tabindex: -1 });
  readonly #search = element('vscode-textfield', { id: 'search', type: 'search', autocomplete: 'off' });
  readonly #show: HTMLSelectElement;
  readonly #delete: Button;
  readonly #undo: Button;
  readonly #readAgain: Button;
  #view: TableView;
  #plan: PlanView | undefined;

  constructor(start: Extract<HostMessage, { type: 'start' }>, port: HostPort, announcer: Announcer) {
    const { strings, several } = start;
    this.#strings = strings;
    this.#port = port;
    this.#announcer = announcer;
    this.#view = start.view;
    this.#form = new PolicyForm(strings, () =>
      this.#changed(() => port.change({ type: 'policy', controls: this.#form.read() })),
    );
    this.#form.show(start.controls);
    this.#chart = new PlanChart(strings, (measure) => port.change({ type: 'measure', measure }));
    this.#grid = new TagGrid(strings, several, {
      send: (message) => port.send(message),
      sort: (by) => this.#sort(by),
      select: (count) => this.#tellSelected(count),
    });
    this.#grid.startAt(start.top);
    this.#totals = element('dl', { class: 'totals', 'aria-label': strings.totals });
    this.#warnings = element('ul', { class: 'warnings', 'aria-label': strings.warnings, hidden: true });
    this.#invalid = element('p', { class: 'invalid', role: 'alert', hidden: true }, strings.invalid);
    this.#noRows = element('p', { class: 'no-rows', hidden: true }, strings.noRows);
    this.#show = element(
      'select',
      { id: 'show' },
      ...(['showAll', 'showKeep', 'showDelete', 'showAttachments'] as const).map((name, index) =>
        element('option', { value: ['all', 'keep', 'delete', 'attachments'][index] }, strings[name]),
      ),
    );
    this.#delete = this.#button(
      'delete',
      '',
      () => this.#plan && port.send({ type: 'delete', revision: this.#plan.revision }),
      false,
    );
    this.#undo = this.#button('undo', strings.undo, () => port.send({ type: 'undo' }));
    this.#readAgain = this.#button('read-again', strings.readAgain, () => port.send({ type: 'readAgain' }));
    this.element = this.#layout(start.title);
    this.#search.addEventListener('input', () => this.#look({ text: this.#search.value.slice(0, 200) }));
    this.#show.addEventListener('change', () => this.#look({ verdict: this.#show.value as TableView['verdict'] }));
    this.#showView();
    document.addEventListener('keydown', (event) => this.#onKey(event));
    enable(this.#delete, false);
    enable(this.#undo, false);
  }

  /** Shows a plan. @param told what a screen reader is to hear of it */
  show(plan: PlanView, window: RowWindow, told: string | undefined): void {
    this.#plan = plan;
    this.#totals.replaceChildren(
      ...plan.totals.flatMap(({ label, value }) =>
        element('div', {}, element('dt', {}, label), element('dd', {}, value)),
      ),
    );
    this.#chart.show(plan.chart);
    this.#warnings.replaceChildren(...plan.warnings.map((text) => element('li', {}, text)));
    this.#warnings.hidden = plan.warnings.length === 0;
    this.#form.tell(plan.problems);
    this.#invalid.hidden = plan.problems.length === 0;
    this.#asOf.textContent = plan.asOf;
    this.#asOf.classList.toggle('stale', plan.isStale);
    this.#readAgain.hidden = false;
    this.#delete.textContent = plan.deleteLabel;
    enable(this.#undo, plan.canUndo);
    this.#noRows.hidden = plan.rowCount > 0;
    this.#grid.show(plan, window, this.#view);
    this.#enableDelete();
    this.#announcer.say(told ?? plan.summary);
    this.element.classList.remove('empty');
  }

  /** Takes rows that were asked for. */
  add(window: RowWindow): void {
    this.#grid.add(window);
  }

  /** Shows all that is known of a tag. */
  showDetails({ title, facts }: DetailsView): void {
    const close = element('button', { type: 'button', class: 'close', 'aria-label': this.#strings.close }, '✕');
    close.addEventListener('click', () => this.#closeDetails());
    const list = element(
      'dl',
      {},
      ...facts.flatMap(({ label, value }) => [element('dt', {}, label), element('dd', {}, value)]),
    );
    this.#details.replaceChildren(element('h2', {}, title), close, list);
    this.#details.setAttribute('aria-label', `${this.#strings.details}: ${title}`);
    this.#details.hidden = false;
    this.#announcer.say([title, ...facts.map(({ label, value }) => `${label}: ${value}`)].join('. '));
  }

  /** The answer to the last change has come: what is on the screen is the plan of the controls again. */
  settle(): void {
    this.#enableDelete();
  }

  #layout(title: string): HTMLElement {
    const { ...s } = this.#strings;
    const toolbar = element(
      'div',
      { class: 'bar actions', role: 'group', 'aria-label': s.actions },
      this.#delete,
      this.#button('export', s.export, () => this.#port.send({ type: 'export' })),
      this.#button('save', s.save, () => this.#port.send({ type: 'save' })),
      this.#undo,
      element('span', { class: 'reading' }, this.#asOf, this.#readAgain),
    );
    this.#search.setAttribute('placeholder', s.search);
    this.#search.label = s.search;
    const pick = (name: PageString, as: 'keep' | 'delete' | 'rule') =>
      this.#button(name, s[name], () => this.#grid.pick(as));
    const tools = element(
      'div',
      { class: 'bar tools' },
      this.#search,
      element('label', { for: 'show', class: 'heard' }, s.show),
      this.#show,
      element('span', { class: 'space' }),
      this.#selected,
      pick('pickKeep', 'keep'),
      pick('pickDelete', 'delete'),
      pick('pickRule', 'rule'),
    );
    return element(
      'div',
      { class: 'plan empty' },
      element(
        'header',
        {},
        element('h1', {}, title),
        element('p', { class: 'honest' }, s.honest),
        toolbar,
        this.#invalid,
        this.#warnings,
      ),
      element(
        'div',
        { class: 'columns' },
        this.#form.element,
        element(
          'main',
          {},
          this.#totals,
          this.#chart.element,
          element(
            'section',
            { class: 'table', 'aria-label': s.table },
            tools,
            this.#noRows,
            this.#grid.element,
            element('p', { class: 'hint' }, s.pickHint),
          ),
          this.#details,
        ),
      ),
    );
  }

  #button(id: string, text: string, onClick: () => void, secondary = true): Button {
    const button = element('vscode-button', { id, secondary }, text);
    button.addEventListener('click', () => {
      if (!button.disabled) onClick();
    });
    return button;
  }

  /** Until the answer is there, the plan on the screen is not that of the controls, and nothing is deleted by it. */
  #changed(send: () => void): void {
    send();
    this.#enableDelete();
  }

  #enableDelete(): void {
    enable(this.#delete, (this.#plan?.canDelete ?? false) && !this.#port.isBehind);
  }

  #sort(by: SortKey): void {
    this.#look(
      this.#view.by === by ? { descending: !this.#view.descending } : { by, descending: largestFirst.includes(by) },
    );
  }

  #look(change: Partial<TableView>): void {
    this.#view = { ...this.#view, ...change };
    this.#grid.startAt(0);
    this.#port.change({ type: 'view', view: this.#view });
  }

  #showView(): void {
    this.#search.value = this.#view.text;
    this.#show.value = this.#view.verdict;
  }

  #tellSelected(count: number): void {
    this.#selected.textContent =
      count > 1
        ? this.#strings.selected.replace(
            '{0}',
            new Intl.NumberFormat(document.documentElement.lang || undefined).format(count),
          )
        : '';
  }

  #onKey(event: KeyboardEvent): void {
    const isTyping =
      event.target instanceof HTMLElement && event.target.matches('vscode-textfield, input[type="text"], select');
    if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !isTyping) {
      event.preventDefault();
      // VS Code would undo as well: what was typed last into any control.
      event.stopPropagation();
      if (!this.#undo.disabled) this.#port.send({ type: 'undo' });
    }
    if (event.key === 'Escape' && !this.#details.hidden) this.#closeDetails();
  }

  #closeDetails(): void {
    this.#details.hidden = true;
    this.#grid.focus();
  }
}

/** The button itself tells a screen reader nothing of it. */
function enable(button: Button, enabled: boolean): void {
  button.disabled = !enabled;
  button.setAttribute('aria-disabled', String(!enabled));
}
