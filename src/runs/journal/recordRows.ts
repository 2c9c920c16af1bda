import type { Outcome } from '../outcome/outcome.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { fullName } from '../../retention/tags/repositoryName.ts';
import { subjectDigest } from '../../retention/tags/attachment.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { tagKind, type TagKind } from '../../retention/tags/tagKind.ts';
import { outcomeOf, type JournalRecord } from './journalRecord.ts';

/** One tag of a run, flat, for programs; the same words in every language. Unknown is empty. */
export interface RecordRow {
  readonly repository: string;
  readonly tag: string;
  /** What the tag stands for, by its name. */
  readonly kind: TagKind;
  /** The digest of what it is attached to; empty for a tag that is no attachment. */
  readonly attachedTo: string;
  readonly digest: string;
  /** ISO 8601, UTC. */
  readonly pushed: string;
  /** Bytes. */
  readonly size: number | '';
  readonly verdict: 'delete' | 'keep';
  /** How a planned tag ended (see `outcomeKinds`); empty for one that stayed by the plan. */
  readonly outcome: string;
  /** Why it stayed, or how it failed. */
  readonly reason: string;
  /** The server's own words. */
  readonly words: string;
  readonly restored: boolean;
}

/** The kind of the reason for which a tag ended so; empty where there is none. */
function reasonOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'spared':
      return outcome.reason?.kind ?? 'moved';
    case 'notReached':
      return outcome.reason;
    default:
      return 'failure' in outcome ? (outcome.failure?.kind ?? '') : '';
  }
}

/** Every tag of a run that its journal names; of tags that stayed, a long list is cut there. Text of the server's is plain text (invariant 10). */
export function* recordRows(record: JournalRecord): Generator<RecordRow> {
  for (const { repository, tags, kept } of record.plans) {
    const name = plainText(fullName(repository));
    for (const recorded of tags.values()) {
      const { tag } = recorded;
      const outcome = outcomeOf(recorded, record.stops);
      const failure = 'failure' in outcome ? outcome.failure : undefined;
      const reason = reasonOf(outcome);
      yield {
        repository: name,
        tag: plainText(tag.name),
        ...kindOf(tag),
        digest: tag.digest ?? '',
        pushed: tag.pushedAt === undefined ? '' : new Date(tag.pushedAt).toISOString(),
        size: tag.size ?? '',
        verdict: 'delete',
        outcome: outcome.kind,
        reason,
        words: plainText(failure?.words ?? ''),
        restored: recorded.restored,
      };
    }
    for (const { reason, names } of kept) {
      const why = reason.kind === 'protected' ? `protected by ${plainText(reason.pattern)}` : reason.kind;
      for (const tag of names) {
        yield {
          repository: name,
          tag: plainText(tag),
          ...kindOf({ name: tag }),
          digest: '',
          pushed: '',
          size: '',
          verdict: 'keep',
          outcome: '',
          reason: why,
          words: '',
          restored: false,
        };
      }
    }
  }
}

function kindOf(tag: Pick<Tag, 'name' | 'digest'>): Pick<RecordRow, 'kind' | 'attachedTo'> {
  return { kind: tagKind(tag), attachedTo: subjectDigest(tag) ?? '' };
}
