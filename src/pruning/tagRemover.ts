import type { Admission } from '../hub/pacer.ts';
import type { RepositoryName } from '../retention/plan.ts';
import type { Tag } from '../retention/tag.ts';

/** What a run asks of Docker Hub. All three throw a HubError on failure, or the signal's reason when cancelled before anything was sent. */
export interface TagRemover {
  /** Sends one DELETE; awaits its answer even when the signal is aborted meanwhile (invariant 8). */
  deleteTag(repository: RepositoryName, tag: Tag, admission: Admission): Promise<void>;
  /** Looks one tag up. */
  tag(repository: RepositoryName, name: string, admission: Admission): Promise<Tag>;
  /** Looks the repository up. */
  repository(repository: RepositoryName, admission: Admission): Promise<unknown>;
}
