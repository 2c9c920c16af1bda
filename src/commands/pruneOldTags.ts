import * as vscode from 'vscode';
import { numberText, repositoriesText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { readMaxDeletions, readOlderThan, readProtection } from '../host/settings.ts';
import { inSlices } from '../pruning/inSlices.ts';
import { cutoff, formatAge } from '../retention/age.ts';
import { makeBatchSliced } from '../retention/batch.ts';
import { formatInstant } from '../retention/instant.ts';
import { askAge } from './askAge.ts';
import { askEmptying } from './askEmptying.ts';
import { carryOut } from './carryOut.ts';
import { asOfFacts, skewFacts } from './clockFacts.ts';
import { confirmBatch } from './confirmBatch.ts';
import { planListings } from './planListings.ts';
import { pruneScope } from './pruneScope.ts';
import { readListings } from './readListings.ts';
import { reviewBatch } from './reviewBatch.ts';
import type { Services } from './services.ts';

/** Nothing younger than a day (ms) goes by age, also where a typed date is not in the past by the server's clock. */
const leastAge = 86_400_000;

/**
 * `Prune Old Tags…`: which repositories, older than what; then all tags are read, the plan is shown, one modal question, and the run.
 */
export async function pruneOldTags(services: Services, argument?: unknown, all?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  // Settings that are wrong are told before anything is asked.
  const [protect, maxDeletions] = [readProtection(), readMaxDeletions()];
  readOlderThan(Date.now());
  const scope = await pruneScope(services, argument, all, t('Prune Old Tags'));
  if (!scope) return;
  const { account, repositories, othersLeft } = scope;
  const client = services.connections.client(account);
  const place = repositories.length === 1 ? repositoryText(repositories[0]!) : repositoriesText(repositories.length);

  const askedAt = client.now();
  const age = await askAge(readOlderThan(askedAt), askedAt, t('Prune {0}: How Old?', place));
  if (!age) return;
  const { listings, unread } = await readListings(client, repositories);
  if (listings.length === 0 && unread[0]) throw unread[0].error;

  // The server's clock may have become known only by the listing; the earlier now is the one that counts (invariant 2).
  const now = Math.min(askedAt, client.now());
  const before = shownExactly(Math.min(cutoff(age, now), now - leastAge));
  const planned = await planListings(listings, { cutoff: before, protect, maxDeletions });
  const plans = await askEmptying(planned.plans);
  if (!plans) return;
  const batch = await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));
  const headline = t('Tags last pushed before {0} ({1}).', formatInstant(before), formatAge(age));
  const asOf = listings.reduce((oldest, listing) => Math.min(oldest, listing.asOf), Infinity);
  if (!(await reviewBatch(services, batch, [headline, ...asOfFacts(client, asOf)].join(' '), unread, t('Prune {0}: Plan', place)))) return;
  const facts = [
    headline,
    ...asOfFacts(client, asOf),
    ...(maxDeletions > 0 ? [t('At most {0}, the oldest first (maxDeletions).', numberText(maxDeletions))] : []),
    ...(unread.length > 0 ? [t('Could not be read, and left alone: {0}.', repositoriesText(unread.length))] : []),
    ...(othersLeft ? [t('What was selected of other accounts is left alone.')] : []),
    ...skewFacts(client),
  ];
  if (await confirmBatch(batch, facts)) await carryOut(services, account, batch, { kind: 'olderThan', age: formatAge(age) });
}

/** The dialogs show minutes, so that is what counts. */
function shownExactly(instant: number): number {
  return instant - (instant % 60_000);
}
