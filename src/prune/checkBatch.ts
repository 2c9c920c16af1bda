import { inSlices } from '../async/inSlices.ts';
import type { Batch } from '../retention/plan/batch.ts';
import { newlyKept, type Keeping } from '../retention/recheck/newlyKept.ts';
import { ChangedError } from './changedError.ts';
import { awaitUses, currentProtection, type Limits, type UseSource } from './protection.ts';

/**
 * Makes sure that nothing of a batch has come to be protected or in use since its plans were made, and that the settings allow as many: dialogs and
 * panels stay open as long as people like.
 * @param then what the plans were made with
 * @param readLimits reads the settings as they are now
 * @throws ChangedError; what `readLimits` throws
 */
export async function checkBatch(
  batch: Batch,
  then: Keeping,
  { uses, readLimits }: { readonly uses: UseSource; readonly readLimits: () => Limits },
): Promise<void> {
  const repositories = batch.plans.map(({ repository }) => repository);
  // A file that was saved a moment ago is read first, so that it's no doubt any more.
  await awaitUses(uses, repositories);
  const { protect, maxDeletions } = readLimits();
  if (maxDeletions > 0 && batch.total > maxDeletions) throw new ChangedError({ kind: 'cap', maxDeletions });
  const kept = await inSlices(newlyKept(batch, then, currentProtection(uses, repositories, protect)));
  if (kept) throw new ChangedError({ kind: 'kept', ...kept });
}
