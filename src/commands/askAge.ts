import * as vscode from 'vscode';
import { ageErrorText } from '../host/ageErrorText.ts';
import { AgeSyntaxError, cutoff, formatAge, parseAge, type Age } from '../retention/age.ts';
import { formatInstant } from '../retention/instant.ts';

const proposals = ['30 days', '90 days', '180 days', '1 year'];

interface AgeItem extends vscode.QuickPickItem {
  readonly age?: Age;
}

/**
 * Asks which tags are old enough: proposals, the setting's own age first, or one that is typed. Each shows the instant that it means.
 * @param now instant (ms) that ages count from
 * @returns `undefined` when the dialog was left
 */
export function askAge(preferred: Age, now: number, title: string): Promise<Age | undefined> {
  const { t } = vscode.l10n;
  const ages = [preferred, ...proposals.map((text) => parseAge(text, now))];
  const proposed = ages
    .filter((age, index) => ages.findIndex((other) => formatAge(other) === formatAge(age)) === index)
    .map((age, index) => itemOf(age, index === 0 ? t('from the settings') : undefined));
  const picker = vscode.window.createQuickPick<AgeItem>();
  picker.title = title;
  picker.placeholder = t('Older than … (pick, or type "45 days", "6 months", "2025-01-31")');
  picker.ignoreFocusOut = true;
  picker.items = proposed;
  return new Promise((resolve) => {
    picker.onDidChangeValue((text) => {
      // Nothing but what was typed: "0 days" must not pick the proposal "30 days".
      picker.items = text.trim() === '' ? proposed : [typedItem(text)];
    });
    picker.onDidAccept(() => {
      // Who types fast presses Enter before the typed age has become a row.
      const { age } = picker.value.trim() === '' ? (picker.selectedItems[0] ?? {}) : typedItem(picker.value);
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

  function itemOf(age: Age, description: string | undefined): AgeItem {
    return { label: formatAge(age), description, detail: t('last pushed before {0}', formatInstant(cutoff(age, now))), age };
  }

  function typedItem(text: string): AgeItem {
    try {
      return { ...itemOf(parseAge(text, now), t('as typed')), alwaysShow: true };
    } catch (error) {
      if (!(error instanceof AgeSyntaxError)) throw error;
      return { label: `$(error) ${ageErrorText(error)}`, detail: t('Write such as "45 days", "6 months", "1 year" or "2025-01-31".'), alwaysShow: true };
    }
  }
}
