import * as l10n from '@vscode/l10n';
import { displayLanguage } from './displayLanguage.ts';

/** A local time of day such as "14:03:05", for waits that end soon. */
export function timeText(instant: number): string {
  return new Intl.DateTimeFormat(displayLanguage(), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  }).format(instant);
}

/** A span (ms) such as "40 s" or "3 min", rounded up. */
export function spanText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? l10n.t('{0} s', seconds) : l10n.t('{0} min', Math.ceil(seconds / 60));
}
