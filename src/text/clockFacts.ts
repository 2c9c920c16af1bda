import * as l10n from '@vscode/l10n';
import { spanText, timeText } from './timeText.ts';
import type { HubClient } from '../hub/client.ts';

/** More than this (ms) between the clocks of this machine and of Docker Hub is said (invariant 2). */
const tellSkewAbove = 5 * 60 * 1000;

/** A plan whose lists are older than this (ms) says so. */
const tellAsOfAbove = 60_000;

/** What to say when the oldest of the lists is older than a minute. @param asOf see `TagListing` */
export function asOfFacts(client: Pick<HubClient, 'clockSkew' | 'now'>, asOf: number): string[] {
  if (client.now() - asOf <= tellAsOfAbove) return [];
  // People compare it with the clock of this machine.
  return [l10n.t('Tags as of {0}.', timeText(asOf - Math.min(client.clockSkew, 0)))];
}

/** What to say when the clocks of this machine and of Docker Hub are far apart. */
export function skewFacts({ clockSkew }: Pick<HubClient, 'clockSkew'>): string[] {
  if (Math.abs(clockSkew) <= tellSkewAbove) return [];
  const span = spanText(Math.abs(clockSkew));
  return [
    clockSkew < 0
      ? l10n.t("This machine's clock is {0} ahead of Docker Hub's; ages count from Docker Hub's.", span)
      : l10n.t("This machine's clock is {0} behind Docker Hub's; ages count from this machine's.", span),
  ];
}
