import type { Wait } from '../../hub/pacing/pacer.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import type { Outcome, Stop } from './outcome.ts';

/**
 * What a run tells while it goes on. Each planned tag gets exactly one `outcome`. A `waiting` is over at its `until`, or with the next event
 * of another type; one such event always follows.
 */
export type RunEvent =
  | { readonly type: 'repository'; readonly repository: RepositoryName; readonly planned: number }
  | { readonly type: 'waiting'; readonly wait: Wait }
  | { readonly type: 'outcome'; readonly repository: RepositoryName; readonly tag: Tag; readonly outcome: Outcome }
  | { readonly type: 'stopped'; readonly stop: Stop };
