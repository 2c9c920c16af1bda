import * as vscode from 'vscode';
import { environmentsAbove } from '../../references/files/environmentsAbove.ts';
import { compileExcludes } from '../../references/files/excludeGlob.ts';
import { fileKind } from '../../references/files/fileKind.ts';
import type { FolderToList, ListedPart } from '../../references/files/listFolder.ts';
import { hasFindings, largestFile, type ReadOutcome } from '../../references/reader/readDiskFiles.ts';
import type { ReaderThread } from '../../references/reader/readerThread.ts';
import type { FileSource } from '../../references/reader/folderScan.ts';

/** Calls of VS Code's file system that are under way at the same time: each takes a round trip to its window or further. */
const together = 32;
/** A file that was changed so few milliseconds ago may change again without another time. */
const tick = 2500;
const leftOut = new Set(['node_modules', '.git']);

/**
 * The files of a folder that only VS Code can read: those of another machine, or of no disk at all. A link to a folder is followed where none of its
 * name was followed on the way to it, since nothing tells where it leads; so cycles come to an end.
 */
export class VirtualFolder implements FileSource {
  readonly batch = together;
  readonly #uri: vscode.Uri;
  readonly #reader: ReaderThread;
  readonly #folder: () => FolderToList;

  /** @param folder is asked for each list; `root` and `others` are addresses as texts */
  constructor(uri: vscode.Uri, reader: ReaderThread, folder: () => FolderToList) {
    this.#uri = uri;
    this.#reader = reader;
    this.#folder = folder;
  }

  async *list(signal: AbortSignal): AsyncGenerator<ListedPart, void> {
    const { others, excludes, most } = this.#folder();
    const isExcluded = compileExcludes(excludes);
    const elsewhere = new Set(others);
    const counts = { known: 0, other: 0 };
    const folders: Folder[] = [{ path: '', links: [] }];
    const hasMore = () => counts.known > most || counts.other > most;
    while (folders.length > 0) {
      const some = folders.splice(-together);
      const unreadable: string[] = [];
      const files: string[] = [];
      await Promise.all(
        some.map(async ({ path, links }) => {
          const entries = await this.#entries(path);
          if (!entries) return void unreadable.push(path);
          for (const [name, type] of entries) {
            const below = path === '' ? name : `${path}/${name}`;
            const isFolder = (type & vscode.FileType.Directory) !== 0;
            const isLink = (type & vscode.FileType.SymbolicLink) !== 0;
            if (isExcluded(below) || ((isFolder || isLink) && leftOut.has(name))) continue;
            if (isFolder) {
              if (elsewhere.has(this.#at(below).toString()) || (isLink && links.includes(name))) continue;
              folders.push({ path: below, links: isLink ? [...links, name] : links });
            } else if ((type & vscode.FileType.File) !== 0) {
              if (++counts[fileKind(below) === undefined ? 'other' : 'known'] <= most) files.push(below);
            } else if (isLink) {
              unreadable.push(below);
            }
          }
        }),
      );
      for (let from = 0; from < files.length; from += together) {
        signal.throwIfAborted();
        const paths: string[] = [];
        const stamps: string[] = [];
        const looks = await Promise.all(
          files.slice(from, from + together).map(async (path) => ({ path, stamp: await this.#stamp(path) })),
        );
        for (const { path, stamp } of looks) {
          if (stamp === 'gone') continue;
          if (stamp === 'unreadable') {
            unreadable.push(path);
          } else {
            paths.push(path);
            stamps.push(stamp);
          }
        }
        yield { paths, stamps, unreadable: [], hasMore: false, isLast: false };
      }
      signal.throwIfAborted();
      yield { paths: [], stamps: [], unreadable, hasMore: hasMore(), isLast: folders.length === 0 };
    }
  }

  async read(
    paths: readonly string[],
    environments: readonly string[],
    namespaces: readonly string[],
  ): Promise<readonly ReadOutcome[]> {
    const known = new Set(environments);
    const texts = new Map<string, Promise<Uint8Array | undefined>>();
    const textOf = (path: string) => {
      // One that cannot be read decides nothing, so what needs it is not understood, and told.
      const text =
        texts.get(path) ??
        this.#bytes(path).then(
          (bytes) => (typeof bytes === 'string' ? undefined : bytes),
          () => undefined,
        );
      texts.set(path, text);
      return text;
    };
    const outcomes = await Promise.all(
      paths.map(async (path, at): Promise<ReadOutcome | undefined> => {
        let bytes: Uint8Array | 'tooLarge' | 'gone';
        try {
          bytes = await this.#bytes(path);
        } catch (error) {
          return { at, outcome: 'unreadable', why: String(error) };
        }
        if (typeof bytes === 'string') return { at, outcome: bytes };
        const above =
          known.size === 0 || fileKind(path) === undefined
            ? []
            : await Promise.all(environmentsAbove(path, known).map(textOf));
        const found = await this.#reader.read({
          kind: 'file',
          path,
          bytes,
          namespaces,
          environments: above.filter((text) => text !== undefined),
        });
        return hasFindings(found) ? { at, outcome: found } : undefined;
      }),
    );
    return outcomes.filter((outcome) => outcome !== undefined);
  }

  #at(path: string): vscode.Uri {
    return path === '' ? this.#uri : vscode.Uri.joinPath(this.#uri, path);
  }

  /** @returns `undefined` where the folder cannot be listed; nothing where it is gone */
  async #entries(path: string): Promise<[string, vscode.FileType][] | undefined> {
    try {
      return await vscode.workspace.fs.readDirectory(this.#at(path));
    } catch (error) {
      return path !== '' && isGone(error) ? [] : undefined;
    }
  }

  /** @returns empty where it has changed just now */
  async #stamp(path: string): Promise<string> {
    try {
      const { size, mtime, ctime } = await vscode.workspace.fs.stat(this.#at(path));
      return Math.abs(Date.now() - mtime) < tick ? '' : `${size}:${mtime}:${ctime}`;
    } catch (error) {
      return isGone(error) ? 'gone' : 'unreadable';
    }
  }

  async #bytes(path: string): Promise<Uint8Array | 'tooLarge' | 'gone'> {
    try {
      const { size } = await vscode.workspace.fs.stat(this.#at(path));
      return size > largestFile ? 'tooLarge' : await vscode.workspace.fs.readFile(this.#at(path));
    } catch (error) {
      if (isGone(error)) return 'gone';
      throw error;
    }
  }
}

interface Folder {
  readonly path: string;
  /** The names of the links on the way to it. */
  readonly links: readonly string[];
}

function isGone(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
}
