import type { HubError } from '../../hub/wire/hubError.ts';
import type { Failure } from './outcome.ts';

/** An error of the server's or the network's as data that a journal can hold. */
export function toFailure({ kind, status, serverWords, reason, subject }: HubError): Failure {
  return {
    kind,
    ...(status !== undefined && { status }),
    ...(serverWords !== undefined && { words: serverWords }),
    ...(reason !== undefined && { reason }),
    ...(subject !== undefined && { subject }),
  };
}
