import type { Account } from '../../hub/wire/account.ts';
import type { KeepReason } from '../../retention/plan/plan.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import type { RunPolicy } from './journalLine.ts';
import type { Outcome, Stop } from '../outcome/outcome.ts';

/** What a journal says of one planned tag. Without an outcome it was not reached or, with an intent, it is open whether its DELETE came through. */
export interface RecordedTag {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly intended: boolean;
  readonly outcome?: Outcome;
  readonly restored: boolean;
}

/** The place where a policy was written. */
export interface RecordedSource {
  /** Tells sources apart: the address of a file, or `user` for the settings. */
  readonly key: string;
  /** What people call it. */
  readonly label: string;
}

/** One plan of a run, as its journal has it. */
export interface RecordedPlan {
  readonly repository: RepositoryName;
  /** Instants, ms since the epoch. */
  readonly asOf: number;
  readonly cutoff?: number;
  /** What it was judged by, as the JSON that `checkPolicy` reads; missing in a run by age alone and for picked tags. */
  readonly policy?: string;
  /** Where that policy was written; missing in journals before version 3, and where it was written nowhere. */
  readonly source?: RecordedSource;
  /** Tags that go because they were picked by hand, in a plan that was judged by a policy. */
  readonly picked: ReadonlySet<string>;
  /** Attachments that go, by name, each with the names of the tags of the plan that hold its subject; one that goes alone is missing. */
  readonly attached: ReadonlyMap<string, readonly string[]>;
  readonly emptiesRepository: boolean;
  /** How many tags stay, and for each reason as many names as the journal has. */
  readonly staying: number;
  readonly kept: readonly { readonly reason: KeepReason; readonly count: number; readonly names: readonly string[] }[];
  /** By name, the first to be deleted first. */
  readonly tags: ReadonlyMap<string, RecordedTag>;
}

/** A run as its journal tells it. */
export interface JournalRecord {
  readonly id: string;
  readonly account: Account;
  readonly policy: RunPolicy;
  /** When it was begun (ms since the epoch). */
  readonly startedAt: number;
  /** When the user last confirmed it. */
  readonly confirmedAt: number;
  /** The instant of the last line that has one, those of tags that were put back excepted: they are no part of the run. */
  readonly lastAt: number;
  /** How many tags the user confirmed. */
  readonly planned: number;
  readonly plans: readonly RecordedPlan[];
  /** Whether all plans were taken down, without which nothing was deleted. */
  readonly ready: boolean;
  /** Early ends of its last session. */
  readonly stops: readonly Stop[];
  /** How often it was gone on with. */
  readonly resumed: number;
  /** How long (ms) it waited for the server in all; waits of several requests at one time count once, and to where they were cut short. */
  readonly waited: number;
  /** In a run that deletes a whole repository: since when (ms) its DELETE may have been sent, and how it ended. Missing where none was sent. */
  readonly wholeRepository?: { readonly intendedAt: number; readonly outcome?: Outcome };
  /** Whether it came to an end; without one it was interrupted, or goes on right now. */
  readonly ended: boolean;
  /** Whether the user let it be. */
  readonly left: boolean;
}

/** How a tag stands by its journal: its outcome, `uncertain` with an intent and no outcome, else `notReached`. */
export function outcomeOf({ repository, intended, outcome }: RecordedTag, stops: readonly Stop[]): Outcome {
  if (outcome) return outcome;
  if (intended) return { kind: 'uncertain', failure: { kind: 'interrupted' } };
  const stop = stops.find((stop) => !stop.repository || recordKey(stop.repository) === recordKey(repository));
  return { kind: 'notReached', reason: stop?.reason ?? 'interrupted' };
}

/** Every planned tag of a run, in the order of its plans. */
export function* recordedTags({ plans }: Pick<JournalRecord, 'plans'>): Generator<RecordedTag> {
  for (const { tags } of plans) yield* tags.values();
}

/** Tells repositories of a journal apart, which may be a foreign one whose names hold slashes. */
export function recordKey({ namespace, name }: RepositoryName): string {
  return JSON.stringify([namespace, name]);
}
