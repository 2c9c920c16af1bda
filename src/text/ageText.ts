import * as l10n from '@vscode/l10n';
import { inDisplayLanguage } from './displayLanguage.ts';

const day = 86_400_000;

/** Unit, its length, and the age from which it is used (ms): "18 months ago" says more than "1 year ago". */
const units = [
  ['year', 365 * day, 2 * 365 * day],
  ['month', 30 * day, 60 * day],
  ['week', 7 * day, 14 * day],
  ['day', day, day],
  ['hour', 3_600_000, 3_600_000],
  ['minute', 60_000, 60_000],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[];

const formats = inDisplayLanguage((language) => ({
  long: new Intl.RelativeTimeFormat(language, { style: 'long' }),
  narrow: new Intl.RelativeTimeFormat(language, { style: 'narrow' }),
}));

/**
 * How long ago an instant (ms) was, in words such as "3 months ago"; "unknown age" without an instant.
 * @param style `narrow` gives "3mo ago", for rows that have no room
 */
export function ageText(instant: number | undefined, now: number, style: 'long' | 'narrow' = 'long'): string {
  if (instant === undefined) return l10n.t('unknown age');
  const past = now - instant;
  const found = units.find(([, , from]) => Math.abs(past) >= from);
  if (!found) return l10n.t('just now');
  return formats()[style].format(-Math.trunc(past / found[1]), found[0]);
}
