import type { JournalSummary } from '../runs/journal/journalSummary.ts';

/** A run of this machine's history. */
export interface RunEntry {
  readonly id: string;
  /**
   * `running`: in this window or another one; `interrupted`: came to no end, and nobody works on it; `ended`; `left`: interrupted, and the user
   * wants no more of it; `unreadable`: its journal cannot be read, see `error`
   */
  readonly state: 'running' | 'interrupted' | 'ended' | 'left' | 'unreadable';
  /** Missing where the journal cannot be read. */
  readonly summary?: JournalSummary;
  readonly error?: unknown;
}

/** Whether there is something to go on with: tags that were not reached, or whose delete nobody knows the end of; or a repository to look up. */
export function isResumable({ state, summary }: RunEntry): boolean {
  if (state === 'interrupted') return true;
  // A repository is looked up once more, and its deletion never begun again; once tags are restored into it, a look tells nothing.
  if (summary?.policy.kind === 'repository') {
    return state !== 'running' && summary.repositoryEnded === 'uncertain' && summary.restored === 0;
  }
  return (
    (state === 'ended' || state === 'left') &&
    summary?.counts !== undefined &&
    summary.counts.notReached + summary.counts.uncertain > 0
  );
}

/** Whether tags may have been deleted that were not put back yet. */
export function isRestorable({ state, summary }: RunEntry): boolean {
  if (state === 'interrupted') return true;
  // Tags that were put back may be uncertain ones.
  return (
    (state === 'ended' || state === 'left') &&
    summary?.counts !== undefined &&
    summary.counts.removed + summary.counts.uncertain > summary.restored
  );
}
