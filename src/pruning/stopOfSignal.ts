import { ClaimLost } from './claims.ts';
import type { StopReason } from './outcome.ts';

/** Why a run stops whose signal is aborted. */
export function stopOfSignal({ reason }: AbortSignal): StopReason {
  return reason instanceof ClaimLost ? 'takenOver' : 'cancelled';
}
