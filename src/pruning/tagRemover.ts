import type { Admission } from '../hub/pacer.ts';
import type { RepositoryName } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';

/** What a run asks of Docker Hub. All of it throws a HubError on failure, or the signal's reason when cancelled before anything was sent. */
export interface TagRemover {
  /** How many requests in flight use the server's allowance at the latency that was measured: at least 1, never more than `most`. */
  parallelism(most: number): number;
  /** Sends one DELETE; awaits its answer even when the signal is aborted meanwhile (invariant 8). */
  deleteTag(repository: RepositoryName, tag: Tag, admission: Admission): Promise<void>;
  /** Looks one tag up. */
  tag(repository: RepositoryName, name: string, admission: Admission): Promise<Tag>;
  /** A page of the repository's tags in the server's own order: the first, or the one at `target`. */
  tagPage(repository: RepositoryName, admission: Admission, target?: string): Promise<{ readonly rows: readonly Tag[]; readonly next?: string }>;
  /** Looks the repository up. */
  repository(repository: RepositoryName, admission: Admission): Promise<unknown>;
}
