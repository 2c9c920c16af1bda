import * as vscode from 'vscode';

const units = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number])[];

/** How long ago an instant (ms) was, in words such as "3 months ago"; "unknown age" without an instant. */
export function ageText(instant: number | undefined, now: number): string {
  if (instant === undefined) return vscode.l10n.t('unknown age');
  const past = now - instant;
  const [unit, length] = units.find(([, length]) => Math.abs(past) >= length) ?? ['minute', 60_000];
  return new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto' }).format(-Math.trunc(past / length), unit);
}
