import { ClaimLostError } from '../journal/claims.ts';
import type { StopReason } from '../outcome/outcome.ts';

/** Why a run stops whose signal is aborted. */
export function stopReasonFromSignal({ reason }: AbortSignal): StopReason {
  return reason instanceof ClaimLostError ? 'takenOver' : 'cancelled';
}
