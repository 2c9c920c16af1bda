import { ClaimLost } from '../journal/claims.ts';
import type { StopReason } from '../outcome/outcome.ts';

/** Why a run stops whose signal is aborted. */
export function stopOfSignal({ reason }: AbortSignal): StopReason {
  return reason instanceof ClaimLost ? 'takenOver' : 'cancelled';
}
