import * as vscode from 'vscode';
import type { Account } from '../../hub/wire/account.ts';
import { affectedRepositories, checkConfirmed, type ConfirmedBatch } from '../../prune/checkConfirmed.ts';
import type { StillDeletable } from '../../retention/recheck/stillDeletable.ts';
import { placeText } from '../../text/placeText.ts';
import { readLimits } from '../settings/settings.ts';
import { withDelayedProgress } from '../ui/withDelayedProgress.ts';
import { withReadingProgress } from '../ui/withReadingProgress.ts';
import type { RunServices } from './runServices.ts';

/** Checks right before a run what was confirmed, see `checkConfirmed`. Where it takes a while, a notification shows it, which can cancel it. */
export function checkAgain(
  { connections, references: uses }: RunServices,
  account: Account,
  confirmed: ConfirmedBatch,
): Promise<StillDeletable> {
  const client = connections.client(account);
  const repositories = affectedRepositories(confirmed.batch);
  return withReadingProgress(
    client,
    repositories,
    vscode.l10n.t('Checking the tags of {0} once more', placeText(repositories)),
    (reading) => checkConfirmed(confirmed, { client, uses, readLimits, ...reading }),
    withDelayedProgress,
  );
}
