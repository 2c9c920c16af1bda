import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

import sinon from 'sinon';
import * as vscode from 'vscode';

import { until } from './until.ts';

/** What a person does with the dialog that is open, or that comes next. A text matches a label or button from its first character on. */
export type Step =
  /** Types into an input box and presses Enter, and Escape before there is an answer where `thenLeave` says so. */
  | { readonly enter: string; readonly thenLeave?: true }
  /** Picks an item of a list, after typing where `type` is given. */
  | { readonly pick: string | RegExp; readonly type?: string }
  /** Ticks items of a list, and these only, and presses Enter. */
  | { readonly tick: readonly (string | RegExp)[] }
  /** Presses Enter without changing anything. */
  | 'accept'
  /** Presses a button of a message. */
  | { readonly press: string | RegExp }
  /** Names the file in a dialog that asks where to save. */
  | { readonly saveAs: vscode.Uri }
  /** Presses a button of an input box. */
  | { readonly button: string }
  /** Presses Back. */
  | 'back'
  /** Presses Escape. */
  | 'leave'
  /** Something that happens while the dialog is open; it stays open. */
  | { readonly meanwhile: () => unknown };

/** A dialog that was shown. */
export interface Shown {
  readonly kind: 'input' | 'list' | 'info' | 'warning' | 'error';
  title: string;
  prompt: string;
  placeholder: string;
  masked: boolean;
  modal: boolean;
  detail: string;
  readonly buttons: string[];
  items: readonly vscode.QuickPickItem[];
  /** What was told in place, such as a wrong password. */
  readonly told: string[];
}

/** A progress that was shown. */
export interface ShownProgress {
  readonly title: string;
  readonly location: vscode.ProgressLocation | { viewId: string };
  readonly cancellable: boolean;
  readonly messages: string[];
  /** Increments so far; 100 is all. */
  percent: number;
  over: boolean;
  cancel(): void;
}

/** Stands in for the dialogs of `vscode.window` until it is disposed, answers them by a script, and records them. */
export class ScriptedDialogs {
  readonly shown: Shown[] = [];
  readonly progresses: ShownProgress[] = [];
  /** What was typed into masked boxes. */
  readonly secrets = new Set<string>();
  readonly #sandbox = sinon.createSandbox();
  readonly #steps: Step[] = [];
  readonly #problems: string[] = [];
  readonly #taken = new Set<Shown>();
  #open: { hide(): void } | undefined;

  constructor() {
    const { window } = vscode;
    const withProgress = window.withProgress.bind(window);
    const stub = (name: keyof typeof window, fake: (...args: never[]) => unknown): void =>
      void this.#sandbox.stub(window, name).callsFake(fake as never);
    stub('createInputBox', () => this.#input());
    stub('createQuickPick', () => this.#list());
    stub('showInputBox', (options: vscode.InputBoxOptions) => this.#askText(options));
    stub('showQuickPick', (items: vscode.QuickPickItem[], options?: vscode.QuickPickOptions) =>
      this.#askItem(items, options ?? {}),
    );
    stub('showInformationMessage', (...args: never[]) => this.#message('info', args));
    stub('showWarningMessage', (...args: never[]) => this.#message('warning', args));
    stub('showErrorMessage', (...args: never[]) => this.#message('error', args));
    stub('showSaveDialog', (options?: vscode.SaveDialogOptions) => this.#save(options ?? {}));
    stub('withProgress', (options: vscode.ProgressOptions, task: Parameters<typeof withProgress>[1]) =>
      this.#progress(withProgress, options, task),
    );
  }

  /** Adds steps to those that are left. */
  script(...steps: readonly Step[]): void {
    this.#steps.push(...steps);
  }

  /** The dialogs of a kind, or those whose title begins so. */
  find(what: Shown['kind'] | RegExp): Shown[] {
    return this.shown.filter((shown) => (what instanceof RegExp ? what.test(shown.title) : shown.kind === what));
  }

  /** The only dialog of a kind or title. */
  only(what: Shown['kind'] | RegExp): Shown {
    const found = this.find(what);
    assert.equal(found.length, 1, `dialogs ${String(what)}: ${JSON.stringify(this.shown.map(({ title }) => title))}`);
    return found[0]!;
  }

  /** The one error message that was shown since the last call; the test expects it. */
  takeError(pattern: RegExp): Shown {
    const errors = this.find('error').filter((error) => !this.#taken.has(error));
    assert.deepEqual(errors.length, 1, `error messages: ${JSON.stringify(errors.map(({ title }) => title))}`);
    assert.match(errors[0]!.title, pattern);
    this.#taken.add(errors[0]!);
    return errors[0]!;
  }

  /** The last message that is no question: what a command said at its end. */
  get said(): string {
    return this.shown.filter(({ kind, modal }) => !modal && kind !== 'input' && kind !== 'list').at(-1)?.title ?? '';
  }

  /** A progress that is shown at the moment. */
  progress(title: RegExp): Promise<ShownProgress> {
    return until(`progress ${String(title)}`, () =>
      this.progresses.find((progress) => !progress.over && title.test(progress.title)),
    );
  }

  /** Checks that every step was taken, and nothing was shown that no step is for. */
  verify(): void {
    const errors = this.find('error').filter((error) => !this.#taken.has(error));
    assert.deepEqual([...this.#problems, ...errors.map(({ title }) => `error message: ${title}`)], []);
    assert.deepEqual(this.#steps, [], 'steps for which no dialog came');
  }

  /** Everything that a person could read. */
  texts(): string[] {
    const ofDialogs = this.shown.flatMap(({ title, prompt, placeholder, detail, buttons, items, told }) => [
      title,
      prompt,
      placeholder,
      detail,
      ...buttons,
      ...told,
      ...items.flatMap((item) => [item.label, item.description ?? '', item.detail ?? '']),
    ]);
    return [...ofDialogs, ...this.progresses.flatMap(({ title, messages }) => [title, ...messages])];
  }

  dispose(): void {
    this.#open?.hide();
    this.#sandbox.restore();
  }

  #record(shown: Partial<Shown> & Pick<Shown, 'kind'>): Shown {
    const whole: Shown = {
      title: '',
      prompt: '',
      placeholder: '',
      masked: false,
      modal: false,
      detail: '',
      buttons: [],
      items: [],
      told: [],
      ...shown,
    };
    this.shown.push(whole);
    return whole;
  }

  async #next(shown: Shown): Promise<Exclude<Step, { meanwhile: unknown }>> {
    for (;;) {
      const step = this.#steps.shift();
      if (step === undefined) {
        this.#problems.push(
          `nobody scripted the ${shown.kind} "${shown.title}"${shown.told.length > 0 ? ` after "${shown.told.at(-1)}"` : ''}`,
        );
        return 'leave';
      }
      if (typeof step === 'string' || !('meanwhile' in step)) return step;
      await step.meanwhile();
    }
  }

  readonly #failed = (error: unknown): void =>
    void this.#problems.push(error instanceof Error ? error.message : String(error));

  #misfit(step: Step, shown: Shown): void {
    this.#problems.push(
      `${JSON.stringify(step, (_, value: unknown) => (value instanceof RegExp ? String(value) : value))} does not fit the ${shown.kind} "${shown.title}"`,
    );
  }

  /** VS Code shows one of these at a time: a second one hides the first, a moment later. */
  #opens(dialog: { hide(): void }): void {
    const before = this.#open;
    this.#open = dialog;
    if (before) setImmediate(() => before.hide());
  }

  #input(): vscode.InputBox {
    const box = new BoxDouble<vscode.InputBox>(
      { value: '', password: false, validationMessage: undefined },
      this.#failed,
    );
    box.onShow = async () => {
      const { fields } = box;
      const shown = this.#record({
        kind: 'input',
        title: fields.title ?? '',
        prompt: fields.prompt ?? '',
        placeholder: fields.placeholder ?? '',
        masked: fields.password ?? false,
      });
      shown.buttons.push(
        ...(fields.buttons ?? []).map((button) =>
          button === vscode.QuickInputButtons.Back ? 'Back' : (button.tooltip ?? ''),
        ),
      );
      this.#opens(box);
      while (!box.over) {
        const step = await this.#next(shown);
        const button = fields.buttons?.find((given) =>
          step === 'back'
            ? given === vscode.QuickInputButtons.Back
            : typeof step === 'object' && 'button' in step && given.tooltip === step.button,
        );
        if (step === 'leave') {
          box.hide();
        } else if (button) {
          box.triggered.fire(button);
        } else if (step === 'accept' || (typeof step === 'object' && 'enter' in step)) {
          const text = step === 'accept' ? (fields.value ?? '') : step.enter;
          if (shown.masked) this.secrets.add(text);
          if (step !== 'accept') box.type(text);
          box.accepted.fire();
          if (typeof step === 'object' && step.thenLeave) box.hide();
          await until(`an end of "${shown.title}"`, () => box.over || !fields.busy);
          if (!box.over) {
            shown.told.push(typeof fields.validationMessage === 'string' ? fields.validationMessage : 'nothing');
          }
        } else {
          this.#misfit(step, shown);
          box.hide();
        }
      }
    };
    return box.proxy;
  }

  #list(): vscode.QuickPick<vscode.QuickPickItem> {
    const box = new BoxDouble<vscode.QuickPick<vscode.QuickPickItem>>(
      { value: '', items: [], selectedItems: [], canSelectMany: false },
      this.#failed,
    );
    box.onShow = async () => {
      const { fields } = box;
      const shown = this.#record({ kind: 'list', title: fields.title ?? '', placeholder: fields.placeholder ?? '' });
      this.#opens(box);
      while (!box.over) {
        const step = await this.#next(shown);
        if (step === 'leave') {
          box.hide();
          break;
        }
        if (typeof step === 'object' && 'pick' in step && step.type !== undefined) box.type(step.type);
        // Items may still be on their way.
        const matched = await until(
          `items for ${JSON.stringify(step)} in "${shown.title}"`,
          () => matching(step, fields) ?? (fields.busy ? undefined : 'none'),
        );
        shown.items = fields.items ?? [];
        if (matched === 'none') {
          this.#misfit(step, shown);
          box.hide();
          break;
        }
        fields.selectedItems = matched;
        box.accepted.fire();
        await turn();
      }
    };
    return box.proxy;
  }

  async #askText(options: vscode.InputBoxOptions): Promise<string | undefined> {
    const shown = this.#record({
      kind: 'input',
      title: options.title ?? '',
      prompt: options.prompt ?? '',
      placeholder: options.placeHolder ?? '',
      masked: options.password ?? false,
    });
    let left = false;
    this.#opens({ hide: () => (left = true) });
    for (;;) {
      const step = await this.#next(shown);
      if (left || typeof step !== 'object' || !('enter' in step)) {
        if (step !== 'leave') this.#misfit(step, shown);
        return undefined;
      }
      const problem = await options.validateInput?.(step.enter);
      if (!problem) return step.enter;
      shown.told.push(typeof problem === 'string' ? problem : problem.message);
    }
  }

  async #askItem(
    given: vscode.QuickPickItem[] | Thenable<vscode.QuickPickItem[]>,
    options: vscode.QuickPickOptions,
  ): Promise<unknown> {
    const items = await given;
    const shown = this.#record({
      kind: 'list',
      title: options.title ?? '',
      placeholder: options.placeHolder ?? '',
      items,
    });
    const step = await this.#next(shown);
    if (step === 'leave') return undefined;
    const matched = matching(step, {
      items,
      canSelectMany: options.canPickMany ?? false,
      selectedItems: items.filter(({ picked }) => picked),
    });
    if (!matched) {
      this.#misfit(step, shown);
      return undefined;
    }
    return options.canPickMany ? matched : matched[0];
  }

  async #save({ title = '', defaultUri }: vscode.SaveDialogOptions): Promise<vscode.Uri | undefined> {
    const shown = this.#record({ kind: 'input', title, placeholder: defaultUri?.path ?? '' });
    const step = await this.#next(shown);
    if (typeof step === 'object' && 'saveAs' in step) return step.saveAs;
    if (step !== 'leave') this.#misfit(step, shown);
    return undefined;
  }

  async #message(kind: 'info' | 'warning' | 'error', [message, ...rest]: unknown[]): Promise<unknown> {
    const options =
      typeof rest[0] === 'object' && rest[0] !== null && !('title' in rest[0])
        ? (rest.shift() as vscode.MessageOptions)
        : {};
    const buttons = rest.map((item) => (typeof item === 'string' ? item : (item as vscode.MessageItem).title));
    const shown = this.#record({
      kind,
      title: String(message),
      modal: options.modal ?? false,
      detail: options.detail ?? '',
      buttons,
    });
    const pressed = (step: Step | undefined): unknown => {
      const at =
        typeof step === 'object' && 'press' in step ? buttons.findIndex((button) => fits(step.press, button)) : -1;
      return at < 0 ? undefined : rest[at];
    };
    if (!shown.modal) {
      // A notification may be left alone.
      const answer = pressed(this.#steps[0]);
      if (answer !== undefined) this.#steps.shift();
      return answer;
    }
    const step = await this.#next(shown);
    const answer = pressed(step);
    if (answer === undefined && step !== 'leave') this.#misfit(step, shown);
    return answer;
  }

  #progress(
    withProgress: typeof vscode.window.withProgress,
    options: vscode.ProgressOptions,
    task: Parameters<typeof vscode.window.withProgress>[1],
  ): Thenable<unknown> {
    const source = new vscode.CancellationTokenSource();
    const shown: ShownProgress = {
      title: options.title ?? '',
      location: options.location,
      cancellable: options.cancellable ?? false,
      messages: [],
      percent: 0,
      over: false,
      cancel: () => source.cancel(),
    };
    this.progresses.push(shown);
    return withProgress(options, async (progress) => {
      const report = (value: { message?: string; increment?: number }): void => {
        if (value.message !== undefined) shown.messages.push(value.message);
        shown.percent += value.increment ?? 0;
        progress.report(value);
      };
      try {
        return await task({ report }, source.token);
      } finally {
        shown.over = true;
        source.dispose();
      }
    });
  }
}

type Box = (vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>) & { busy: boolean; value: string };

/** An input box or a list without a screen: fields that are written and read, and the events that a person causes. */
class BoxDouble<T extends Box> {
  readonly changed = new vscode.EventEmitter<string>();
  readonly accepted = new vscode.EventEmitter<void>();
  readonly triggered = new vscode.EventEmitter<vscode.QuickInputButton>();
  readonly hidden = new vscode.EventEmitter<void>();
  readonly fields: Partial<T>;
  readonly proxy: T;
  onShow: () => Promise<void> = () => Promise.resolve();
  /** The person is at a loss: the dialog is left, so that the command ends and the test can say why. */
  readonly onFailure: (error: unknown) => void;
  over = false;

  constructor(fields: Record<string, unknown>, onFailure: (error: unknown) => void) {
    this.onFailure = (error) => {
      onFailure(error);
      this.hide();
    };
    this.fields = {
      busy: false,
      enabled: true,
      ...fields,
      onDidChangeValue: this.changed.event,
      onDidAccept: this.accepted.event,
      onDidTriggerButton: this.triggered.event,
      onDidHide: this.hidden.event,
      onDidChangeSelection: new vscode.EventEmitter<never>().event,
      onDidChangeActive: new vscode.EventEmitter<never>().event,
      show: () => void this.onShow().catch((error: unknown) => this.onFailure(error)),
      hide: () => this.hide(),
      dispose: () => this.hide(),
    } as unknown as Partial<T>;
    this.proxy = this.fields as T;
  }

  type(text: string): void {
    (this.fields as { value: string }).value = text;
    this.changed.fire(text);
  }

  /** As in VS Code, disposing hides as well, and that is told once. */
  hide(): void {
    if (this.over) return;
    this.over = true;
    this.hidden.fire();
  }
}

type List = Partial<Pick<vscode.QuickPick<vscode.QuickPickItem>, 'items' | 'selectedItems' | 'canSelectMany' | 'busy'>>;

/** The items that a step means; undefined while one is not there, or the step is not for such a list. */
function matching(
  step: Step,
  { items = [], selectedItems = [], canSelectMany = false, busy = false }: List,
): readonly vscode.QuickPickItem[] | undefined {
  const items_ = items.filter(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
  const one = (pattern: string | RegExp): vscode.QuickPickItem | undefined =>
    items_.find(({ label }) => fits(pattern, label));
  if (step === 'accept') return busy ? undefined : selectedItems;
  if (typeof step !== 'object') return undefined;
  if ('pick' in step && !canSelectMany) {
    const item = one(step.pick);
    return item && [item];
  }
  if (!('tick' in step) || !canSelectMany || busy) return undefined;
  const found = step.tick.map(one);
  return found.every((item) => item !== undefined) ? found : undefined;
}

function fits(pattern: string | RegExp, label: string): boolean {
  const text = label.replace(/^\$\([\w-]+\) /, '');
  return typeof pattern === 'string' ? text.startsWith(pattern) : pattern.test(text);
}
