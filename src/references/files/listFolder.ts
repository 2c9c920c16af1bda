import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { compileExcludes } from './excludeGlob.ts';
import { fileKind } from './fileKind.ts';

/** A folder on disk whose files are to be listed. */
export interface FolderToList {
  /** Its absolute path. Whatever is above it counts for nothing. */
  readonly root: string;
  /** Absolute paths of folders that are listed by themselves, and left out here. */
  readonly others: readonly string[];
  /** Globs as `files.exclude` has them, of what is left out. */
  readonly excludes: readonly string[];
  /** So many files whose kind is known by name are listed at most, and as many others. */
  readonly most: number;
}

/** Some of the files of a folder; paths are relative to it, with `/` between their parts. */
export interface ListedPart {
  readonly paths: readonly string[];
  /** For each of `paths` what changes when the file does: its size, its times, what it is on the disk. Empty where it has changed just now, so that the next change might not show. */
  readonly stamps: readonly string[];
  /** The folders and files that could not be looked at. */
  readonly unreadable: readonly string[];
  /** Whether there are more files than asked for; in the last part. */
  readonly hasMore: boolean;
  readonly isLast: boolean;
}

/** So many files make a part: telling them takes the other side about a millisecond. */
const partFiles = 1000;
/** A part takes no longer than this (ms), however slow the disk is. */
const partMs = 1000;
/** Looks at files that are in flight at the same time; Node takes four threads for them. */
const together = 16;
/** A file that was changed so few milliseconds ago may change again within the same tick of its file system's clock. */
const tick = 100;
/** As `tick`, where times are whole seconds, or every other one. */
const coarseTick = 2500;

/** What no workspace keeps its own files in. */
const leftOut = new Set(['node_modules', '.git']);

/**
 * The regular files of a folder and of everything below it, part by part. A symbolic link is followed, also to the outside; a folder that is reached
 * in several ways is listed once, as itself rather than through a link, or once for each kind that the names of its folders give its files
 * (`.github`). So cycles come to an end. `node_modules` and `.git` below the folder are left out, and what is neither file nor folder.
 */
export async function* listFolder({ root, others, excludes, most }: FolderToList): AsyncGenerator<ListedPart, void> {
  const isExcluded = compileExcludes(excludes);
  const elsewhere = new Set(others);
  const visited = new Set<string>();
  const folders = [''];
  const links: string[] = [];
  const counts = { known: 0, other: 0 };
  let [paths, stamps, unreadable]: [string[], string[], string[]] = [[], [], []];
  let since = performance.now();
  const part = (isLast: boolean): ListedPart => {
    const made = { paths, stamps, unreadable, hasMore: counts.known > most || counts.other > most, isLast };
    [paths, stamps, unreadable] = [[], [], []];
    since = performance.now();
    return made;
  };
  const absolute = (path: string) => (path === '' ? root : join(root, path));
  const roots = ancestors(await realpath(root).catch(() => root));

  /** Looks at what is no folder for sure. @param isLink whether it is named by a link */
  const look = async (path: string, isLink: boolean): Promise<void> => {
    let stats: BigIntStats;
    try {
      stats = await stat(absolute(path), { bigint: true });
    } catch (error) {
      // What is gone by now is none; a link to what is not there, and a name that is not UTF-8, are there. A link that leads to itself leads nowhere.
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ELOOP' || (code === 'ENOENT' && !isLink && !path.includes('\ufffd'))) return;
      unreadable.push(path);
      return;
    }
    if (stats.isDirectory()) {
      (isLink ? links : folders).push(path);
    } else if (stats.isFile()) {
      const count = fileKind(path) === undefined ? 'other' : 'known';
      if (++counts[count] > most) return;
      paths.push(path);
      stamps.push(stampOf(stats));
    }
  };

  for (let path = folders.pop(); path !== undefined; path = folders.pop() ?? links.pop()) {
    let entries: Dirent[];
    try {
      const { dev, ino } = await stat(absolute(path), { bigint: true });
      // What a YAML file is may depend on the folders that it is reached through.
      const key = `${dev}:${ino}:${fileKind(`${path}/a.yaml`)}`;
      if (visited.has(key)) continue;
      visited.add(key);
      // All of the machine may be above, and the folder itself is.
      if (path !== '' && roots.has(await realpath(absolute(path)))) throw new Error('a link to a folder above');
      entries = await readdir(absolute(path), { withFileTypes: true });
    } catch (error) {
      if (path === '' || (error as NodeJS.ErrnoException).code !== 'ENOENT') unreadable.push(path);
      continue;
    }
    const toLook: [path: string, isLink: boolean][] = [];
    for (const entry of entries) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      if (isExcluded(below)) continue;
      const isNamedLeftOut = leftOut.has(entry.name);
      if (entry.isDirectory()) {
        if (!isNamedLeftOut && !elsewhere.has(absolute(below))) folders.push(below);
      } else if (entry.isSymbolicLink()) {
        if (!isNamedLeftOut) toLook.push([below, true]);
      } else if (!entry.isFIFO() && !entry.isSocket() && !entry.isCharacterDevice() && !entry.isBlockDevice()) {
        // Of files beyond the most no more than that there are.
        if (counts.other > most && fileKind(below) === undefined) continue;
        toLook.push([below, false]);
      }
    }
    for (let from = 0; from < toLook.length; from += together) {
      await Promise.all(toLook.slice(from, from + together).map(([below, isLink]) => look(below, isLink)));
      if (paths.length + unreadable.length >= partFiles || performance.now() - since > partMs) yield part(false);
    }
  }
  yield part(true);
}

function stampOf({ size, mtimeNs, ctimeNs, dev, ino }: BigIntStats): string {
  const ageMs = Math.abs(Date.now() - Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n));
  const isCoarse = mtimeNs % 1_000_000_000n === 0n && ctimeNs % 1_000_000_000n === 0n;
  return ageMs < (isCoarse ? coarseTick : tick) ? '' : `${size}:${mtimeNs}:${ctimeNs}:${dev}:${ino}`;
}

/** The folders above an absolute path; the root of the disk is its own. */
function ancestors(path: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (let above = dirname(path); ; above = dirname(above)) {
    found.add(above);
    if (above === dirname(above) || !above.includes(sep)) return found;
  }
}
