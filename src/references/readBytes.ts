import { decodeText } from './decodeText.ts';
import { fileKind } from './fileKind.ts';
import type { FoundReferences } from './foundReferences.ts';
import { isBinary } from './isBinary.ts';
import { nothingFound, readReferences } from './readReferences.ts';

/** A file to be looked into, as it lies on the disk. */
export interface FileBytes {
  /** See `FileText`. */
  readonly path: string;
  /** All of it, at most 20 MB. */
  readonly bytes: Uint8Array;
  /** The texts of the `.env` files beside it and in the folders above, the nearest first. Default none. */
  readonly environments?: readonly string[];
  /** Namespaces of Docker Hub, in lower case, whose images are looked for in any text. Default none. */
  readonly namespaces?: readonly string[];
}

/** The structure of larger files (bytes) is not looked at. */
const longestStructure = 1_000_000;

/** The references to images of Docker Hub in one file, and what was not understood. Never throws. @returns `binary` for what is no text */
export function readBytes({ path, bytes, environments: [environment] = [] }: FileBytes): FoundReferences | 'binary' {
  if (isBinary(bytes)) return 'binary';
  if (fileKind(path) === undefined) return nothingFound;
  if (bytes.length > longestStructure) return { references: [], doubts: [{ kind: 'unreadable', text: 'more than 1 MB', line: 1, column: 1 }] };
  return readReferences({ path, text: decodeText(bytes), ...(environment !== undefined && { environment }) });
}
