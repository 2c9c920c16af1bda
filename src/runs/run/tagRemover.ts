import type { DeleteForm } from '../../hub/deleteRoute.ts';
import type { Admission } from '../../hub/pacing/pacer.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Tag } from '../../retention/tags/tag.ts';

/** What a run asks of Docker Hub. All of it throws a HubError on failure, or the signal's reason when cancelled before anything was sent. */
export interface TagRemover {
  /** How many requests in flight use the server's allowance at the latency that was measured: at least 1, never more than `most`. */
  parallelism(most: number): number;
  /**
   * Sends one DELETE; awaits its answer even when the signal is aborted meanwhile (invariant 8).
   * @returns the route by which it was answered as a success, where there are several
   */
  deleteTag(repository: RepositoryName, tag: Tag, admission: Admission): Promise<DeleteForm | void>;
  /** The same by the route that is not in use, which is in use from then on where it answers as a success. Missing where there is only one. */
  deleteTagByOtherRoute?(repository: RepositoryName, tag: Tag, admission: Admission): Promise<DeleteForm | void>;
  /** Looks one tag up. */
  tag(repository: RepositoryName, name: string, admission: Admission): Promise<Tag>;
  /** A page of the repository's tags in the server's own order: the first, or the one at `target`. `count` is how many there are in all, as the server says. */
  tagPage(
    repository: RepositoryName,
    admission: Admission,
    target?: string,
  ): Promise<{ readonly rows: readonly Tag[]; readonly count?: number; readonly next?: string }>;
  /** Looks the repository up. */
  repository(repository: RepositoryName, admission: Admission): Promise<unknown>;
}
