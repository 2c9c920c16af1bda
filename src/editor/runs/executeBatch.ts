import type { ConfirmedBatch } from '../../prune/checkConfirmed.ts';
import { executeConfirmed, type ConfirmedRun } from '../../prune/executeConfirmed.ts';
import { batchPlaceText } from '../../text/planText.ts';
import { readKeepRuns } from '../settings/settings.ts';
import { checkAgain } from './checkAgain.ts';
import { refreshRows, runPorts } from './runPorts.ts';
import type { RunServices } from './runServices.ts';
import { showSummary } from './showSummary.ts';

/** A run that a person confirmed. */
export interface ConfirmedWork extends Omit<ConfirmedRun, 'batch' | 'check'> {
  readonly confirmed: ConfirmedBatch;
  /** Called once the batch has been checked, right before the run begins. @throws what must keep it from beginning */
  readonly onChecked?: () => void;
}

/** Executes what a person confirmed (see `executeConfirmed`) under a progress notification, refreshes the tree and shows the summary. */
export async function executeBatch(
  services: RunServices,
  { confirmed, onChecked, ...run }: ConfirmedWork,
): Promise<void> {
  const { account } = run;
  const { batch } = confirmed;
  const place = batchPlaceText(batch);
  const check = async () => {
    const checked = await checkAgain(services, account, confirmed);
    onChecked?.();
    return checked;
  };
  const ports = runPorts(services, account, place);
  const { id, tally } = await executeConfirmed(
    { ...run, batch, check },
    { ...ports, claims: services.runs.claims, keepRuns: readKeepRuns() },
  );
  refreshRows(services, account, batch);
  void showSummary(services, id, tally, place);
}
