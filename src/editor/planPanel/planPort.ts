import type * as vscode from 'vscode';
import type { Account } from '../../hub/wire/account.ts';
import type { TagListing } from '../../hub/listing/tagListing.ts';
import type { DraftSource } from '../../retention/draft/draftTable.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { DraftRules, SettledDraft } from '../../retention/draft/settledDraft.ts';
import type { Policy } from '../../retention/policy/policy.ts';

/** What was read for a plan. */
export interface PlanLists extends DraftRules {
  readonly sources: readonly (DraftSource & Pick<TagListing, 'isSettled'>)[];
  /** Repositories whose lists could not be read, each with what went wrong as a sentence. */
  readonly unread: readonly { readonly repository: RepositoryName; readonly message: string }[];
  /** What cannot be known about uses in the workspace, a sentence each. */
  readonly doubts: readonly string[];
  /** The instant (ms, by this machine's clock) of the oldest list. */
  readonly asOf: number;
}

/** The plan on the screen, as it is to be carried out. */
export interface ShownPlan {
  readonly settled: SettledDraft;
  readonly lists: PlanLists;
  /** Whether it still is what the screen shows (invariant 1). */
  readonly isShown: () => boolean;
  /** What differs from the plan that an earlier window was left with, a sentence each; the confirmation repeats it. Default: nothing. */
  readonly changes?: readonly string[];
  /** To be called when a run of it begins. */
  readonly begun: () => void;
}

/** What a panel lends from the commands: it reads, deletes and writes nothing itself. */
export interface PlanPort {
  readonly account: Account;
  /** Lists the repositories of the panel; with `anew` those, too, whose lists are in memory. @throws HubError; SettingError; an AbortError when it is cancelled */
  read(options?: { readonly anew?: boolean }): Promise<PlanLists>;
  /** Asks, and deletes what the plan says; comes back when the run is over. */
  delete(plan: ShownPlan): Promise<void>;
  export(plan: Pick<ShownPlan, 'settled'>): Promise<void>;
  save(policy: Policy): Promise<void>;
  /** Tells the user of an error that is not a cancellation. */
  fail(error: unknown): void;
  /** Fires when tags of the panel's repositories may have changed. */
  readonly onDidChangeTags: vscode.Event<void>;
}
