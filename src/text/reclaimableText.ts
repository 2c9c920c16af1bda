import * as l10n from '@vscode/l10n';
import type { Reclaimable } from '../retention/plan/reclaimable.ts';
import { sizeText } from './sizeText.ts';

/** What deleted tags may free: "220–232 GB", "at least 1.3 GB", "up to 52 MB". */
export function reclaimableText({ low, high, isPartial }: Reclaimable): string {
  if (isPartial) {
    return high === 0 ? sizeText(undefined) : l10n.t('at least {0}', low === 0 ? sizeText(high) : rangeText(low, high));
  }
  return low === 0 && high > 0 ? l10n.t('up to {0}', sizeText(high)) : rangeText(low, high);
}

/** The same as a line: "Reclaimable: 220–232 GB". */
export function reclaimableLine(reclaimable: Reclaimable): string {
  return l10n.t('Reclaimable: {0}', reclaimableText(reclaimable));
}

function rangeText(low: number, high: number): string {
  const [from, to] = [sizeText(low), sizeText(high)];
  if (from === to) return to;
  const [number, unit] = from.split(' ');
  // "220–232 GB" says the unit once.
  return `${to.endsWith(` ${unit}`) ? number : from}–${to}`;
}
