import * as vscode from 'vscode';
import { ageErrorText } from '../../text/ageErrorText.ts';
import { AgeSyntaxError, cutoff, formatAge, parseAge, type Age } from '../../retention/tags/age.ts';
import { formatInstant } from '../../retention/tags/instant.ts';

const proposals = ['30 days', '90 days', '180 days', '1 year'];

/** A row that stands for an age, with the instant that it means; without an age, one that says what is wrong with a typed text. */
export interface AgeRow extends vscode.QuickPickItem {
  readonly age?: Age;
}

/** Ages to pick from, the setting's own first, each once. @param now instant (ms) that ages count from */
export function proposedAgeRows(preferred: Age, now: number): AgeRow[] {
  const ages = [preferred, ...proposals.map((text) => parseAge(text, now))];
  return ages
    .filter((age, index) => ages.findIndex((other) => formatAge(other) === formatAge(age)) === index)
    .map((age, index) => ageRow(age, now, index === 0 ? vscode.l10n.t('from the settings') : undefined));
}

/** What was typed, as an age or as what is wrong with it. @param now instant (ms) that ages count from */
export function typedAgeRow(text: string, now: number): AgeRow {
  try {
    return { ...ageRow(parseAge(text, now), now, vscode.l10n.t('as typed')), alwaysShow: true };
  } catch (error) {
    if (!(error instanceof AgeSyntaxError)) throw error;
    return {
      label: `$(error) ${ageErrorText(error)}`,
      detail: vscode.l10n.t('Use, for example, "45 days", "6 months", "1 year", or "2025-01-31".'),
      alwaysShow: true,
    };
  }
}

function ageRow(age: Age, now: number, description: string | undefined): AgeRow {
  return {
    label: formatAge(age),
    description,
    detail: vscode.l10n.t('last pushed before {0}', formatInstant(cutoff(age, now))),
    age,
  };
}
