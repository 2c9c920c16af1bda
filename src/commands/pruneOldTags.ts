import * as vscode from 'vscode';
import { numberText, repositoriesText } from '../host/countText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { readMaxDeletions, readOlderThan, readProtection } from '../host/settings.ts';
import { inSlices } from '../pruning/inSlices.ts';
import { formatAge } from '../retention/age.ts';
import { makeBatchSliced } from '../retention/batch.ts';
import { formatInstant } from '../retention/instant.ts';
import { policyOlderThan } from '../retention/policy.ts';
import { policyCutoff } from '../retention/policyPlan.ts';
import { noUses } from '../retention/uses.ts';
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
  const { listed, unread } = await readListings(client, repositories);
  if (listed.length === 0 && unread[0]) throw unread[0].error;

  // The server's clock may have become known only by the listing; the earlier now is the one that counts (invariant 2).
  const now = Math.min(askedAt, client.now());
  const policy = policyOlderThan(age);
  const { batch: planned, refused } = await planListings(listed, { policyOf: () => policy, now, protect, maxDeletions, usesOf: () => noUses });
  const plans = await askEmptying(planned.plans);
  if (!plans) return;
  const batch = await inSlices(makeBatchSliced(plans, { maxDeletions: 0 }));
  const headline = t('Tags last pushed before {0} ({1}).', formatInstant(policyCutoff(policy, now)!), formatAge(age));
  const asOf = listed.reduce((oldest, { listing }) => Math.min(oldest, listing.asOf), Infinity);
  const leftAlone = [...unread, ...refused];
  if (!(await reviewBatch(services, batch, [headline, ...asOfFacts(client, asOf)].join(' '), leftAlone, t('Prune {0}: Plan', place)))) return;
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
