import * as vscode from 'vscode';
import type { HubError } from '../../hub/wire/hubError.ts';

/**
 * Asks for the one-time code of an account with two-factor sign-in.
 * @param previous the refusal of the code that was given before, if any
 * @returns the code without blanks, or `undefined` when none is given
 */
export async function askCode(name: string, previous?: HubError): Promise<string | undefined> {
  const code = await vscode.window.showInputBox({
    title: vscode.l10n.t('One-Time Code for {0}', name),
    prompt: previous
      ? vscode.l10n.t("This code wasn't accepted. Enter the current one.")
      : vscode.l10n.t("Enter the code from your authenticator app. With an access token, you don't need a code."),
    placeHolder: '123456',
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^\s*[0-9a-z -]{6,}\s*$/i.test(text) ? undefined : vscode.l10n.t('A code has at least six digits.'),
  });
  return code?.replace(/\s/g, '');
}
