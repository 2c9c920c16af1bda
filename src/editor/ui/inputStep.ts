import * as vscode from 'vscode';

/** One step of a dialog that asks for a text. */
export interface InputStep<T> {
  readonly title: string;
  /** Step and number of steps, where there are several. */
  readonly step?: readonly [step: number, of: number];
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly masked?: boolean;
  /** Buttons beside Back; the action of the one that is pressed. */
  readonly links?: readonly { readonly icon: string; readonly tooltip: string; readonly url: string }[];
  /** What is wrong with the text so far, told while typing. */
  readonly check?: (text: string) => string | undefined;
  /** Takes the text that was entered; what it throws is told in place, and the text can be changed. `left` tells that the dialog was left meanwhile. */
  readonly accept: (text: string, left: AbortSignal) => Promise<T> | T;
  /** An error in words. */
  readonly errorText: (error: unknown) => string;
}

/** Asks for a text. @returns what `accept` gave, `'back'` when Back was pressed, `undefined` when the dialog was left */
export function inputStep<T extends string | boolean | object>(step: InputStep<T>): Promise<T | 'back' | undefined> {
  const input = vscode.window.createInputBox();
  input.title = step.title;
  [input.step, input.totalSteps] = step.step ?? [undefined, undefined];
  input.prompt = step.prompt;
  input.placeholder = step.placeholder;
  input.value = step.value ?? '';
  input.password = step.masked ?? false;
  input.ignoreFocusOut = true;
  const links = new Map(
    (step.links ?? []).map(({ icon, tooltip, url }) => [{ iconPath: new vscode.ThemeIcon(icon), tooltip }, url]),
  );
  input.buttons = [...(step.step && step.step[0] > 1 ? [vscode.QuickInputButtons.Back] : []), ...links.keys()];
  const left = new AbortController();
  return new Promise((resolve) => {
    const finish = (result: T | 'back' | undefined) => {
      resolve(result);
      input.dispose();
    };
    const leave = (result: 'back' | undefined) => {
      finish(result);
      left.abort();
    };
    input.onDidChangeValue((text) => (input.validationMessage = text === '' ? undefined : step.check?.(text)));
    input.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) leave('back');
      const url = links.get(button as never);
      if (url) void vscode.env.openExternal(vscode.Uri.parse(url));
    });
    input.onDidHide(() => leave(undefined));
    input.onDidAccept(async () => {
      if (input.busy) return;
      input.validationMessage = step.check?.(input.value);
      if (input.validationMessage) return;
      input.busy = true;
      input.enabled = false;
      try {
        finish(await step.accept(input.value, left.signal));
      } catch (error) {
        input.validationMessage = step.errorText(error);
        input.enabled = true;
        input.busy = false;
      }
    });
    input.show();
  });
}
