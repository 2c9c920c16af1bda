import type { FoundReferences } from '../images/foundReferences.ts';
import type { FolderToList, ListedPart } from '../files/listFolder.ts';
import type { PodImages } from '../parsers/podImages.ts';
import type { FilesToRead, ReadOutcome } from './readDiskFiles.ts';

/** What the thread is asked for. */
export type ReaderJob =
  /** The references of a file; `environments` are the `.env` files beside it and above it, the nearest first; `namespaces` as in `FileBytes`. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly environments?: readonly Uint8Array[];
      readonly namespaces?: readonly string[];
    }
  /** The first part of a list with `folder`, the next one without. `list` names it, as nothing else. A thread that is ended meanwhile does not know it any more. */
  | { readonly kind: 'list'; readonly list: string; readonly folder?: FolderToList }
  /** What is to be told of files on disk. */
  | ({ readonly kind: 'files' } & FilesToRead)
  /** The images of `kubectl get pods -A -o json`. */
  | { readonly kind: 'pods'; readonly bytes: Uint8Array };

/** What comes back of each kind of job. */
export interface ReaderAnswers {
  /** Nothing is found in what is no text. */
  readonly file: FoundReferences;
  readonly list: ListedPart;
  readonly files: readonly ReadOutcome[];
  readonly pods: readonly PodImages[];
}

/** What the thread says: that it has started, then an answer for each job in the order in which they came. */
export type ReaderAnswer =
  'started' | { readonly answer: ReaderAnswers[keyof ReaderAnswers] } | { readonly error: string };
