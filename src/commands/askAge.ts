import * as vscode from 'vscode';
import type { Age } from '../retention/age.ts';
import { proposedAgeRows, typedAgeRow, type AgeRow } from './ageRows.ts';

/**
 * Asks which tags are old enough: proposals, the setting's own age first, or one that is typed. Each shows the instant that it means.
 * @param now instant (ms) that ages count from
 * @returns `undefined` when the dialog was left
 */
export function askAge(preferred: Age, now: number, title: string): Promise<Age | undefined> {
  const proposed = proposedAgeRows(preferred, now);
  const picker = vscode.window.createQuickPick<AgeRow>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t('Older than … (pick, or type "45 days", "6 months", "2025-01-31")');
  picker.ignoreFocusOut = true;
  picker.items = proposed;
  return new Promise((resolve) => {
    picker.onDidChangeValue((text) => {
      // Nothing but what was typed: "0 days" must not pick the proposal "30 days".
      picker.items = text.trim() === '' ? proposed : [typedAgeRow(text, now)];
    });
    picker.onDidAccept(() => {
      // Who types fast presses Enter before the typed age has become a row.
      const { age } = picker.value.trim() === '' ? (picker.selectedItems[0] ?? {}) : typedAgeRow(picker.value, now);
      if (!age) return;
      resolve(age);
      picker.dispose();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
