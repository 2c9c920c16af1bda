import type { Change } from '../retention/recheck/stillDeletable.ts';

/** What was planned or confirmed no longer holds, so that nothing was deleted. */
export class ChangedError extends Error {
  override readonly name = 'ChangedError';
  readonly change: Change;

  constructor(change: Change) {
    super(`The plan no longer holds: ${change.kind}.`);
    this.change = change;
  }
}
