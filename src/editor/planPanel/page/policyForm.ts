import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { FieldProblem, PageStrings, PolicyControls, PolicyField } from '../messages.ts';
import { element } from './element.ts';

type CheckField = 'keepAliases' | 'keepReferenced' | 'orphanedAttachments';
type TextField = Exclude<PolicyField, 'agedBy' | CheckField>;

/** A text control with the place for what is wrong with it. */
interface TextControl {
  readonly input: HTMLElementTagNameMap['vscode-textfield'];
  readonly problem: HTMLElement;
}

/** The controls of a policy's fields. */
export class PolicyForm {
  readonly element: HTMLElement;
  readonly #strings: PageStrings;
  readonly #texts = new Map<TextField, TextControl>();
  readonly #agedBy: HTMLSelectElement;
  readonly #keepAliases: HTMLElementTagNameMap['vscode-checkbox'];
  readonly #keepReferenced: HTMLElementTagNameMap['vscode-checkbox'];
  readonly #orphanedAttachments: HTMLElementTagNameMap['vscode-checkbox'];
  readonly #onChange: () => void;

  /** @param onChange is called with each keystroke */
  constructor(strings: PageStrings, onChange: () => void) {
    this.#strings = strings;
    this.#onChange = onChange;
    this.#agedBy = element(
      'select',
      { id: 'agedBy' },
      element('option', { value: 'pushed' }, strings.agedByPushed),
      element('option', { value: 'used' }, strings.agedByUsed),
    );
    this.#agedBy.addEventListener('change', onChange);
    this.#keepAliases = this.#checkbox('keepAliases');
    this.#keepReferenced = this.#checkbox('keepReferenced');
    this.#orphanedAttachments = this.#checkbox('orphanedAttachments');
    this.element = element(
      'form',
      { class: 'rules', 'aria-label': strings.rules },
      element('h2', {}, strings.rules),
      this.#text('olderThan', strings.olderThan, strings.olderThanHint),
      element('div', { class: 'field' }, element('label', { for: 'agedBy' }, strings.agedBy), this.#agedBy),
      this.#text('tags', strings.tags, strings.globsHint),
      this.#text('protect', strings.protect, strings.globsHint),
      this.#text('keepNewest', strings.keepNewest, '0'),
      element(
        'fieldset',
        {},
        element('legend', {}, strings.keepVersions),
        element(
          'div',
          { class: 'four' },
          ...(['majors', 'minors', 'patches', 'prereleases'] as const).map((field) =>
            this.#text(field, strings[field], strings.all),
          ),
        ),
      ),
      this.#keepAliases,
      this.#keepReferenced,
      this.#orphanedAttachments,
      element(
        'fieldset',
        {},
        element('legend', {}, strings.caps),
        element(
          'div',
          { class: 'four' },
          this.#text('maxDeletions', strings.maxDeletions, strings.maxDeletionsHint),
          this.#text('maxShare', strings.maxShare, '100'),
        ),
      ),
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
  }

  /** Shows other values. */
  show(controls: PolicyControls): void {
    for (const [field, { input }] of this.#texts) input.value = controls[field];
    this.#agedBy.value = controls.agedBy;
    this.#keepAliases.checked = controls.keepAliases;
    this.#keepReferenced.checked = controls.keepReferenced;
    this.#orphanedAttachments.checked = controls.orphanedAttachments;
  }

  /** What stands in the controls. */
  read(): PolicyControls {
    const texts = Object.fromEntries([...this.#texts].map(([field, { input }]) => [field, input.value])) as Record<
      TextField,
      string
    >;
    return {
      ...texts,
      agedBy: this.#agedBy.value === 'used' ? 'used' : 'pushed',
      keepAliases: this.#keepAliases.checked,
      keepReferenced: this.#keepReferenced.checked,
      orphanedAttachments: this.#orphanedAttachments.checked,
    };
  }

  /** Says at each control what is wrong with it, and takes back what was. */
  tell(problems: readonly FieldProblem[]): void {
    for (const [field, { input, problem }] of this.#texts) {
      const text = problems
        .filter((found) => found.field === field)
        .map(({ message }) => message)
        .join(' ');
      problem.textContent = text;
      problem.hidden = text === '';
      input.invalid = text !== '';
      // The input itself stands in a shadow, where no reference to the problem leads.
      void input.updateComplete.then(() => {
        input.wrappedElement.setAttribute('aria-invalid', String(text !== ''));
        input.wrappedElement.setAttribute('aria-description', text);
      });
    }
  }

  #text(field: TextField, label: string, placeholder: string): HTMLElement {
    const input = element('vscode-textfield', { id: field, placeholder, autocomplete: 'off' });
    input.label = this.#strings[field];
    input.addEventListener('input', this.#onChange);
    const problem = element('p', { class: 'problem', hidden: true, id: `${field}-problem` });
    this.#texts.set(field, { input, problem });
    return element('div', { class: 'field' }, element('label', { for: field }, label), input, problem);
  }

  #checkbox(field: CheckField): HTMLElementTagNameMap['vscode-checkbox'] {
    const box = element('vscode-checkbox', { id: field, label: this.#strings[field] });
    box.addEventListener('change', this.#onChange);
    return box;
  }
}
