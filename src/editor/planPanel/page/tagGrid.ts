import type { PageMessage, PageStrings, PlanView, RowView, RowWindow, SortKey, TableView } from '../messages.ts';
import { element } from './element.ts';
import { RowSelection } from './rowSelection.ts';

/** Height (px) of a row. 200,000 of them are well below what browsers allow, some 17 million. */
const rowHeight = 22;
const headHeight = 26;
/** Rows that are drawn above and below those that show. */
const margin = 12;
/** Rows that are remembered while they do not show. */
const maxKept = 2000;
/** Rows of one question, fewer than the extension answers at most; a screen that is taller asks again. */
const maxAsked = 200;

/** What the grid tells. */
export interface GridListener {
  send(message: Extract<PageMessage, { type: 'rows' | 'pick' | 'undo' | 'details' }>): void;
  sort(by: SortKey): void;
  /** The selection has changed; the number of rows that a command would be about. */
  select(count: number): void;
}

/** A table of any length of which only the rows that show are there; each is asked for when it comes into view. */
export class TagGrid {
  readonly element: HTMLElement;
  readonly selection = new RowSelection();
  readonly #strings: PageStrings;
  readonly #listener: GridListener;
  readonly #columns: readonly SortKey[];
  readonly #headers = new Map<SortKey, HTMLElement>();
  readonly #body = element('div', { role: 'rowgroup', class: 'rows' });
  readonly #rows = new Map<number, RowView>();
  readonly #drawn = new Map<number, HTMLElement>();
  #plan: Pick<PlanView, 'order' | 'rowCount' | 'revision'> = { order: -1, rowCount: 0, revision: -1 };
  #current = 0;
  #startAt: number | undefined;
  #asked = false;
  #frame: number | undefined;

  constructor(strings: PageStrings, several: boolean, listener: GridListener) {
    this.#strings = strings;
    this.#listener = listener;
    this.#columns = [
      'verdict',
      'name',
      ...(several ? ['repository' as const] : []),
      'reason',
      'age',
      'size',
      'digest',
      'pulled',
    ];
    const head = element(
      'div',
      { role: 'row', class: 'row head', 'aria-rowindex': 1 },
      ...this.#columns.map((column) => this.#header(column)),
    );
    this.element = element(
      'div',
      {
        role: 'grid',
        class: several ? 'grid several' : 'grid',
        'aria-label': strings.table,
        'aria-multiselectable': 'true',
        'aria-colcount': this.#columns.length,
      },
      element('div', { role: 'rowgroup', class: 'heads' }, head),
      this.#body,
    );
    this.element.addEventListener('scroll', () => this.#redraw(), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.#body.addEventListener('mousedown', (event) => this.#onMouse(event));
    this.#body.addEventListener('dblclick', (event) => this.#onDoubleClick(event));
    this.#body.addEventListener('focusin', (event) => this.#onFocus(event));
    new ResizeObserver(() => this.#redraw()).observe(this.element);
  }

  /** The row that the keyboard is at. */
  get current(): number {
    return this.#current;
  }

  /** Shows a plan. Where its rows have other numbers than before, nothing is selected any more. */
  show(plan: Pick<PlanView, 'order' | 'rowCount' | 'revision'>, window: RowWindow, view: TableView): void {
    const isOther = plan.order !== this.#plan.order;
    this.#plan = plan;
    this.#rows.clear();
    this.#asked = false;
    if (isOther) {
      this.#current = Math.max(0, Math.min(this.#current, plan.rowCount - 1));
      this.selection.clear(this.#current);
      this.#listener.select(0);
    }
    this.element.setAttribute('aria-rowcount', String(plan.rowCount + 1));
    this.#body.style.height = `${plan.rowCount * rowHeight}px`;
    this.#body.hidden = plan.rowCount === 0;
    if (this.#startAt !== undefined) this.element.scrollTop = this.#startAt * rowHeight;
    this.#startAt = undefined;
    for (const [column, header] of this.#headers) {
      const direction = view.descending ? 'descending' : 'ascending';
      header.setAttribute('aria-sort', column === view.by ? direction : 'none');
    }
    this.add(window);
  }

  /** Takes rows that were asked for. */
  add({ order, from, rows }: RowWindow): void {
    if (order !== this.#plan.order) return;
    this.#asked = false;
    if (this.#rows.size > maxKept) this.#rows.clear();
    rows.forEach((row, index) => this.#rows.set(from + index, row));
    this.#draw();
  }

  /** Has this row at the top when a plan is shown next. */
  startAt(row: number): void {
    this.#startAt = row;
  }

  /** Selects all rows. */
  selectAll(): void {
    this.selection.all(this.#plan.rowCount);
    this.#selected();
  }

  /** Decides by hand, for the selected rows, or else for the one that the keyboard is at. */
  pick(as: 'keep' | 'delete' | 'rule' | 'toggle'): void {
    if (this.#plan.rowCount === 0) return;
    const rows = this.selection.size > 0 ? this.selection.ranges : [[this.#current, this.#current] as const];
    const isSelected = this.selection.size === 0 || this.selection.has(this.#current);
    this.#listener.send({
      type: 'pick',
      order: this.#plan.order,
      rows: rows.map(([from, to]) => [from, to]),
      first: isSelected ? this.#current : rows[0]![0],
      as,
    });
  }

  /** Takes the focus to the row that the keyboard is at. */
  focus(): void {
    this.#focus(this.#current);
  }

  #header(column: SortKey): HTMLElement {
    const button = element('button', { type: 'button' }, this.#strings[column]);
    button.addEventListener('click', () => this.#listener.sort(column));
    const header = element('div', { role: 'columnheader', class: `cell ${column}`, 'aria-sort': 'none' }, button);
    this.#headers.set(column, header);
    return header;
  }

  #redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #draw(): void {
    const { rowCount } = this.#plan;
    const first = Math.max(0, Math.floor(this.element.scrollTop / rowHeight) - margin);
    const last = Math.min(
      rowCount - 1,
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / rowHeight) + margin,
    );
    // The row that has the focus stays, or the focus would be lost by scrolling.
    const stays = (row: number) => row < rowCount && ((first <= row && row <= last) || row === this.#current);
    for (const [row, drawn] of this.#drawn) {
      if (stays(row)) continue;
      drawn.remove();
      this.#drawn.delete(row);
    }
    for (let row = first; row <= last; row++) this.#drawRow(row);
    if (this.#current < rowCount) this.#drawRow(this.#current);
    this.#ask(first, last);
  }

  #drawRow(row: number): void {
    const view = this.#rows.get(row);
    let drawn = this.#drawn.get(row);
    if (!drawn) {
      drawn = element(
        'div',
        { role: 'row', 'aria-rowindex': row + 2, 'data-row': row },
        ...this.#columns.map((column) => element('div', { role: 'gridcell', class: `cell ${column}` })),
      );
      drawn.style.transform = `translateY(${row * rowHeight}px)`;
      this.#drawn.set(row, drawn);
      this.#body.append(drawn);
    }
    drawn.className = [
      'row',
      view?.verdict ?? 'unread',
      view?.byHand ? 'hand' : '',
      this.selection.has(row) ? 'selected' : '',
    ].join(' ');
    drawn.tabIndex = row === this.#current ? 0 : -1;
    drawn.setAttribute('aria-selected', String(this.selection.has(row)));
    drawn.setAttribute('aria-busy', String(view === undefined));
    this.#columns.forEach((column, index) => this.#drawCell(drawn.children[index] as HTMLElement, column, view));
  }

  #drawCell(cell: HTMLElement, column: SortKey, view: RowView | undefined): void {
    const placeholder = column === 'name' ? '…' : '';
    const text = view ? textOf(view, column) : placeholder;
    if (column !== 'verdict') {
      if (cell.textContent !== text) cell.textContent = text;
      if (column === 'name' || column === 'reason' || column === 'repository') cell.title = text;
      return;
    }
    const hand = view?.byHand
      ? [
          element(
            'span',
            { class: 'mark', title: this.#strings.byHand },
            '✎',
            element('span', { class: 'heard' }, ` ${this.#strings.byHand}`),
          ),
        ]
      : [];
    const icon = view
      ? [element('span', { class: 'icon', 'aria-hidden': 'true' }, view.verdict === 'delete' ? '✕' : '✓')]
      : [];
    cell.replaceChildren(...icon, text, ...hand);
  }

  /** Asks for the rows that show where one is not there, one question at a time. The extension sends the same rows along with later plans. */
  #ask(first: number, last: number): void {
    if (this.#asked) return;
    let missing = first;
    while (missing <= last && this.#rows.has(missing)) missing++;
    if (missing > last) return;
    const from = missing < first + maxAsked ? first : missing;
    const to = Math.min(last, from + maxAsked - 1);
    this.#asked = true;
    this.#listener.send({
      type: 'rows',
      order: this.#plan.order,
      top: Math.floor(this.element.scrollTop / rowHeight),
      rows: [from, to],
    });
  }

  #onKey(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const command = event.ctrlKey || event.metaKey;
    if (event.target instanceof HTMLButtonElement) return;
    const page = Math.max(1, Math.floor((this.element.clientHeight - headHeight) / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[key];
    if (step !== undefined) this.#move(Math.max(0, Math.min(this.#current + step, this.#plan.rowCount - 1)), shiftKey);
    else if (key === ' ' && command) this.#toggleSelected(this.#current);
    else if (key === ' ') this.pick('toggle');
    else if (key === 'Enter') this.#listener.send({ type: 'details', order: this.#plan.order, row: this.#current });
    else if (key.toLowerCase() === 'a' && command) this.selectAll();
    else if (key === 'Escape' && this.selection.size > 0) this.#select(() => this.selection.clear(this.#current));
    else return;
    event.preventDefault();
    // VS Code would do its own with some of these keys, such as selecting all of the text.
    event.stopPropagation();
  }

  #move(row: number, extend: boolean): void {
    if (this.#plan.rowCount === 0) return;
    if (extend) this.selection.extendTo(row);
    else this.selection.clear(row);
    this.#focus(row);
    this.#selected();
  }

  #onMouse(event: MouseEvent): void {
    const row = rowOf(event);
    if (row === undefined || event.button !== 0) return;
    if (event.shiftKey) this.selection.extendTo(row);
    else if (event.ctrlKey || event.metaKey) this.selection.toggle(row);
    else this.selection.only(row);
    event.preventDefault();
    this.#focus(row);
    this.#selected();
  }

  #onDoubleClick(event: MouseEvent): void {
    if (rowOf(event) !== undefined) {
      this.#listener.send({ type: 'details', order: this.#plan.order, row: this.#current });
    }
  }

  #onFocus(event: FocusEvent): void {
    const row = rowOf(event);
    if (row === undefined || row === this.#current) return;
    this.#current = row;
    this.#draw();
  }

  #focus(row: number): void {
    this.#current = row;
    const top = row * rowHeight;
    const view = this.element.clientHeight - headHeight;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > this.element.scrollTop + view) this.element.scrollTop = top + rowHeight - view;
    this.#draw();
    this.#drawn.get(row)?.focus({ preventScroll: true });
  }

  #toggleSelected(row: number): void {
    this.#select(() => this.selection.toggle(row));
  }

  #select(change: () => void): void {
    change();
    this.#selected();
  }

  #selected(): void {
    this.#draw();
    this.#listener.select(this.selection.size);
  }
}

function textOf(view: RowView, column: SortKey): string {
  return column === 'verdict' ? view.word : view[column];
}

function rowOf({ target }: Event): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
  return row ? Number(row.dataset['row']) : undefined;
}
