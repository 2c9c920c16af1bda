import type { Age } from '../../retention/tags/age.ts';
import { checkPolicy } from '../../retention/policy/checkPolicy.ts';
import { policyOlderThan, type Policy } from '../../retention/policy/policy.ts';
import { JournalError } from './journalLine.ts';
import type { JournalRecord, RecordedPlan } from './journalRecord.ts';

/**
 * The policy that a recorded plan was judged by. Its age counts from where it did then: what has become old since is nothing that the user saw.
 * @returns `undefined` for a plan of picked tags, or of all tags of a repository
 * @throws JournalError `damaged` where it cannot be read
 */
export function recordedPolicy(
  { policy, startedAt }: Pick<JournalRecord, 'policy' | 'startedAt'>,
  plan: Pick<RecordedPlan, 'cutoff' | 'policy'>,
): Policy | undefined {
  const { cutoff } = plan;
  if (policy.kind !== 'policies') {
    return policy.kind !== 'olderThan' || cutoff === undefined ? undefined : policyOlderThan(ageOf(policy.age, cutoff));
  }
  const read = readPolicy(plan.policy, startedAt);
  if ((read.olderThan === undefined) !== (cutoff === undefined)) throw damaged();
  return read.olderThan && cutoff !== undefined ? { ...read, olderThan: ageOf(read.olderThan.text, cutoff) } : read;
}

/**
 * The policy that a recorded plan of a run by policies was judged by, as it was written: its age counts from no instant.
 * @throws JournalError `damaged` where it cannot be read
 */
export function writtenPolicy(
  { startedAt }: Pick<JournalRecord, 'startedAt'>,
  { policy }: Pick<RecordedPlan, 'policy'>,
): Policy {
  return readPolicy(policy, startedAt);
}

function ageOf(text: string, cutoff: number): Age {
  return { kind: 'date', text, instant: cutoff };
}

function readPolicy(text: string | undefined, now: number): Policy {
  try {
    return checkPolicy(JSON.parse(text ?? ''), now);
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(cause?: unknown): JournalError {
  return new JournalError('damaged', 'The journal does not say by which policy its plans were made.', { cause });
}
