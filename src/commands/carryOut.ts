import * as vscode from 'vscode';
import { tagsText } from '../host/countText.ts';
import { batchPlaceText } from '../host/planText.ts';
import { outcomeText, stopText } from '../host/reasonText.ts';
import { repositoryText } from '../host/repositoryText.ts';
import { runReport, runSummary } from '../host/runReport.ts';
import { runWithProgress } from '../host/runProgress.ts';
import type { Account } from '../hub/account.ts';
import { plainText } from '../hub/serverWords.ts';
import type { RunEvent } from '../pruning/runEvent.ts';
import type { Tally } from '../pruning/tally.ts';
import type { Batch } from '../retention/batch.ts';
import type { RepositoryName } from '../retention/plan.ts';
import type { Services } from './services.ts';

/** Carries out a batch that the user confirmed, refreshes the tree, and accounts for every planned tag. */
export async function carryOut(services: Services, account: Account, batch: Batch): Promise<void> {
  const repositories = batch.plans.filter(({ going }) => going.length > 0).map(({ repository }) => repository);
  await withRepositories(services, account, repositories, async () => {
    const tally = await runWithProgress(batch, services.connections.client(account), services.connections.clock, (event) => logEvent(services, event));
    for (const repository of repositories) {
      const node = services.model.findRepository(account, repository);
      if (node) services.model.refresh(node);
    }
    void tellSummary(services, tally, batchPlaceText(batch));
  });
}

/**
 * Does work on repositories that no other prune or deletion of this window works on meanwhile.
 * @throws Error when one of them is taken
 */
export async function withRepositories(services: Services, account: Account, repositories: readonly RepositoryName[], work: () => Promise<void>): Promise<void> {
  const taken = services.locks.take(account.origins.api, repositories);
  if (typeof taken !== 'function') {
    throw new Error(vscode.l10n.t('Something else is being deleted in {0} at the moment. Wait for it to end, then try again.', taken.map(repositoryText).join(', ')));
  }
  try {
    await work();
  } finally {
    taken();
  }
}

/** What a run did stands in the log, tag by tag. */
function logEvent({ log }: Services, event: RunEvent): void {
  switch (event.type) {
    case 'repository':
      log.info(`${repositoryText(event.repository)}: ${tagsText(event.planned)} to delete`);
      return;
    case 'waiting':
      log.info(`waiting until ${new Date(event.wait.until).toISOString()} (${event.wait.why})`);
      return;
    case 'outcome':
      log.info(`${repositoryText(event.repository)}:${plainText(event.tag.name)} ${outcomeText(event.outcome)}`);
      return;
    case 'stopped':
      log.warn(stopText([event.stop]));
  }
}

async function tellSummary(services: Services, tally: Tally, place: string): Promise<void> {
  const details = vscode.l10n.t('Show Details');
  const summary = runSummary(tally, place);
  services.log.info(summary);
  const tell = tally.clean ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await tell(summary, details)) === details) await services.documents.show(vscode.l10n.t('Prune report.txt'), runReport(tally, place));
}
