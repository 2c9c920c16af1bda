import type { FoundReferences } from './foundReferences.ts';
import type { PodImages } from './podImages.ts';

/** What the thread is asked for. */
export type ReaderJob =
  /** The references of a file; `environment` is the `.env` file beside it. */
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array; readonly environment?: Uint8Array }
  /** The images of `kubectl get pods -A -o json`. */
  | { readonly kind: 'pods'; readonly bytes: Uint8Array };

/** What comes back of each kind of job. */
export interface ReaderAnswers {
  readonly file: FoundReferences;
  readonly pods: readonly PodImages[];
}

/** What the thread says: that it has started, then an answer for each job in the order in which they came. */
export type ReaderAnswer = 'started' | { readonly answer: ReaderAnswers[keyof ReaderAnswers] } | { readonly error: string };
