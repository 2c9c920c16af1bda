import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from '../files/decodeText.ts';
import { environmentsAbove } from '../files/environmentsAbove.ts';
import { fileKind } from '../files/fileKind.ts';
import type { FoundReferences } from '../images/foundReferences.ts';
import { isBinary, telltaleBytes } from '../files/isBinary.ts';
import { readBytes } from './readBytes.ts';

/** Files on disk that are to be looked into. */
export interface FilesToRead {
  /** The absolute path of a folder. */
  readonly root: string;
  /** Relative to it, with `/` between the parts. */
  readonly paths: readonly string[];
  /** The `.env` files that may decide what some of them say, as `paths`. */
  readonly environments: readonly string[];
  /** As in `FileBytes`. */
  readonly namespaces: readonly string[];
  /** A disk that takes longer for a small file (ms) is slow: the others are read several at a time. Default 1; 0 takes every disk for slow. */
  readonly slowAfter?: number;
}

/** What is to be told of a file: what was found; that it is too large, cannot be read, or is gone. */
export interface ReadOutcome {
  /** Which of the paths. */
  readonly at: number;
  readonly outcome: FoundReferences | 'tooLarge' | 'unreadable' | 'gone';
  /** Why it cannot be read. */
  readonly why?: string;
}

/** Larger files (bytes) are read only where their beginning says that they are texts, and not at all where they are larger than `largestFile`. */
const smallFile = 65_536;
/** Larger texts (bytes) are not read, and told. */
export const largestFile = 20 * 1024 * 1024;
/** Reads that are in flight at the same time; Node takes four threads for them. */
const together = 8;
/** A pipe would otherwise be waited for, should one take the place of a file. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Looks into files on disk. Those of which there is nothing to tell, since nothing is in them or they are no texts, are left out of the result. */
export async function readDiskFiles({
  root,
  paths,
  environments,
  namespaces,
  slowAfter = 1,
}: FilesToRead): Promise<ReadOutcome[]> {
  const outcomes: ReadOutcome[] = [];
  const known = new Set(environments);
  const texts = new Map<string, Promise<string | undefined>>();
  const textOf = (path: string) => {
    const text = texts.get(path) ?? environmentText(join(root, path));
    texts.set(path, text);
    return text;
  };
  // Going through Node's pool takes longer than reading a file that the system has in memory.
  let isQuick = slowAfter > 0;
  const readQuickly = (file: string): Promise<Uint8Array | 'tooLarge' | undefined> | Uint8Array | undefined => {
    if (!isQuick) return readText(file);
    const from = performance.now();
    const bytes = readSmallText(file);
    isQuick = performance.now() - from < slowAfter;
    return bytes === 'incomplete' ? readText(file) : bytes;
  };
  let next = 0;
  const readOn = async (): Promise<void> => {
    for (let at = next++; at < paths.length; at = next++) {
      const path = paths[at]!;
      try {
        const bytes = await readQuickly(join(root, path));
        if (bytes === undefined) continue;
        if (typeof bytes === 'string') {
          outcomes.push({ at, outcome: bytes });
          continue;
        }
        const above =
          known.size === 0 || fileKind(path) === undefined
            ? []
            : await Promise.all(environmentsAbove(path, known).map(textOf));
        const found = readBytes({ path, bytes, namespaces, environments: above.filter((text) => text !== undefined) });
        if (found !== 'binary' && hasFindings(found)) outcomes.push({ at, outcome: found });
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        outcomes.push(
          code === 'ENOENT' || code === 'ENOTDIR'
            ? { at, outcome: 'gone' }
            : { at, outcome: 'unreadable', why: message },
        );
      }
    }
  };
  await Promise.all(Array.from({ length: together }, readOn));
  return outcomes;
}

/** Whether anything is to be told of what a file refers to. */
export function hasFindings({ references, doubts, loneTags, repositories }: FoundReferences): boolean {
  return references.length + doubts.length + (loneTags?.length ?? 0) + (repositories?.length ?? 0) > 0;
}

/** Reads a file in one go, unless it is large or changes meanwhile. @returns `undefined` for what is no file */
function readSmallText(file: string): Uint8Array | 'incomplete' | undefined {
  const handle = openSync(file, flags);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return undefined;
    if (stats.size > smallFile) return 'incomplete';
    // One byte more than there should be tells that the file grows.
    const bytes = Buffer.allocUnsafe(stats.size + 1);
    return readSync(handle, bytes) === stats.size ? bytes.subarray(0, stats.size) : 'incomplete';
  } finally {
    closeSync(handle);
  }
}

/** @returns `undefined` for what is empty or no text for sure */
async function readText(file: string): Promise<Uint8Array | 'tooLarge' | undefined> {
  await using handle = await open(file, flags);
  const stats = await handle.stat();
  if (!stats.isFile()) return undefined;
  if (stats.size > smallFile) {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(telltaleBytes), 0, telltaleBytes, 0);
    if (isBinary(buffer.subarray(0, bytesRead))) return undefined;
    if (stats.size > largestFile) return 'tooLarge';
  }
  return handle.readFile();
}

/** A `.env` file that cannot be read decides nothing, so what needs it is not understood, and told. */
async function environmentText(file: string): Promise<string | undefined> {
  try {
    const bytes = await readText(file);
    return bytes instanceof Uint8Array ? decodeText(bytes) : undefined;
  } catch {
    return undefined;
  }
}
