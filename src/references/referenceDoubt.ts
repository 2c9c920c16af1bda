import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { UsePlace } from './referenceIndex.ts';

/** Why something may be used that is not known to be. */
export type ReferenceDoubt =
  /** No folder is open. */
  | { readonly kind: 'noWorkspace' }
  /** Not all files were looked into yet. */
  | { readonly kind: 'unfinished' }
  /** There are more files than the `limit` of those that are looked into. */
  | { readonly kind: 'tooManyFiles'; readonly limit: number }
  /** A reference that is not wholly known protects nothing; `repository` is missing where it may be about others. */
  | {
      readonly kind: 'unresolved';
      readonly text: string;
      readonly place: UsePlace;
      readonly repository?: RepositoryName;
    }
  /** A reference with a default, which the environment may replace: it protects the default alone. */
  | {
      readonly kind: 'overridable';
      readonly text: string;
      readonly place: UsePlace;
      readonly repository?: RepositoryName;
    }
  /** What runs in a cluster is known as of the instant `readAt` (ms); `isLost`: it was too much to be kept, and protects nothing any more. */
  | { readonly kind: 'cluster'; readonly context: string; readonly readAt: number; readonly isLost: boolean }
  /** What was read from clusters and kept cannot be read any more. */
  | { readonly kind: 'clustersUnknown' }
  /** A file, or part of one, that could not be read. */
  | { readonly kind: 'unreadable'; readonly place: UsePlace };
