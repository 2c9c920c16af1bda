import { setImmediate as turn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { isEnvironmentFile } from '../../references/files/fileKind.ts';
import type { FolderToList } from '../../references/files/listFolder.ts';
import type { ReaderThread } from '../../references/reader/readerThread.ts';
import { DiskFolder } from '../../references/reader/diskFolder.ts';
import { FolderScan, type FileOutcome } from '../../references/reader/folderScan.ts';
import { VirtualFolder } from './virtualFolder.ts';

/** Changes on the disk are waited for so long (ms), since one is seldom alone. */
const gather = 300;
/** Nothing is done for a mere hint sooner after other work than so many times as long as that took: what builds a project writes all the time. */
const pause = 4;
/** But no later than this (ms). */
const longestPause = 3000;

/** What the scan tells. */
export interface ScanListener {
  /** See `FolderListener`. */
  readonly onFile: (uri: vscode.Uri, outcome: FileOutcome) => void;
  /** All that was to be done is done. */
  readonly onIdle: () => void;
  readonly log: (line: string) => void;
}

interface Scanned {
  readonly folder: vscode.WorkspaceFolder;
  readonly scan: FolderScan;
}

/**
 * Looks into every file of the workspace, and again into those that change. As they are saved: what stands in an editor and nowhere else is used by
 * nobody. `files.exclude` is respected; `search.exclude` and ignore files are not, since what is not searched may well be deployed.
 *
 * What is known is current after `look`, which lists all files and compares them; that VS Code tells of changes meanwhile is a hint, which it may fail to
 * give (below links, for `files.watcherExclude`, where the system has no watchers left).
 */
export class WorkspaceScan implements vscode.Disposable {
  readonly #reader: ReaderThread;
  readonly #maxFiles: number;
  readonly #listener: ScanListener;
  readonly #folders = new Map<string, Scanned>();
  readonly #subscriptions: vscode.Disposable;
  readonly #ending = new AbortController();
  #namespaces: readonly string[] = [];
  /** Looks that were asked for, the last of these that has ended, and the last that came to its end well. */
  #asked = 0;
  #ended = 0;
  #succeeded = 0;
  #toLook = false;
  #toLookSoon = false;
  #isWorking = false;
  #timer: NodeJS.Timeout | undefined;
  #noHintBefore = 0;

  /** Begins at once. @param maxFiles that are looked into in each folder, see `FolderToList`; of more, see `hasMore` */
  constructor(reader: ReaderThread, maxFiles: number, listener: ScanListener) {
    this.#reader = reader;
    this.#maxFiles = maxFiles;
    this.#listener = listener;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    this.#subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidChange((uri) => this.#hint(uri)),
      watcher.onDidCreate((uri) => this.#hint(uri)),
      watcher.onDidDelete((uri) => this.#hint(uri)),
      // Earlier than the watcher.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.#hint(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.look()),
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration('files.exclude') && void this.look(),
      ),
    );
    this.look();
  }

  /** Whether every look that was asked for came to its end well. */
  get isDone(): boolean {
    return this.#succeeded === this.#asked;
  }

  /** Whether there are more files than are looked into. */
  get hasMore(): boolean {
    return [...this.#folders.values()].some(({ scan }) => scan.hasMore);
  }

  /** Finds out what the files are now. @returns the number of this look, for `hasEnded` */
  look(): number {
    this.#asked++;
    this.#toLook = true;
    void this.#work();
    return this.#asked;
  }

  /** Whether a look has ended, well or not. */
  hasEnded(look: number): boolean {
    return this.#ended >= look;
  }

  /** Looks for images of other namespaces from now on. @param namespaces as in `FileBytes` */
  lookFor(namespaces: readonly string[]): void {
    this.#namespaces = namespaces;
    for (const { scan } of this.#folders.values()) scan.lookFor(namespaces);
    this.look();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  /** A file may have changed, come or gone. */
  #hint(uri: vscode.Uri): void {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!folder) return;
    const path = uri.path.slice(folder.uri.path.replace(/\/$/, '').length + 1);
    if (/(?:^|\/)(?:node_modules|\.git)(?:\/|$)/.test(path)) return;
    // A folder that is not known yet is found by the next look.
    const scan = this.#folders.get(folder.uri.toString())?.scan;
    if (scan?.has(path) && !isEnvironmentFile(path)) scan.changed(path);
    else this.#toLookSoon = true;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#toLook ||= this.#toLookSoon;
        this.#toLookSoon = false;
        void this.#work();
      },
      Math.max(gather, this.#noHintBefore - performance.now()),
    );
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    const { signal } = this.#ending;
    const startedAt = performance.now();
    try {
      // Whoever calls goes on first.
      await turn();
      while (!signal.aborted) {
        if (this.#toLook) {
          await this.#lookOnce(signal);
        } else if ([...this.#folders.values()].some(({ scan }) => scan.hasToRead)) {
          for (const { scan } of this.#folders.values()) await scan.readOn(signal);
        } else {
          break;
        }
      }
    } catch (error) {
      if (!signal.aborted) this.#listener.log(`files could not be looked into: ${String(error)}`);
    } finally {
      this.#isWorking = false;
      this.#noHintBefore = performance.now() + Math.min(longestPause, pause * (performance.now() - startedAt));
    }
    if (!signal.aborted) this.#listener.onIdle();
  }

  async #lookOnce(signal: AbortSignal): Promise<void> {
    this.#toLook = false;
    const asked = this.#asked;
    this.#takeFolders();
    let isWell = true;
    for (const { folder, scan } of this.#folders.values()) {
      try {
        await scan.look(signal);
      } catch (error) {
        if (signal.aborted) return;
        isWell = false;
        this.#listener.log(`files of ${folder.uri.toString()} could not be looked for: ${String(error)}`);
      }
    }
    this.#ended = asked;
    if (isWell) this.#succeeded = asked;
    this.#listener.onIdle();
  }

  #takeFolders(): void {
    const folders = new Map((vscode.workspace.workspaceFolders ?? []).map((folder) => [folder.uri.toString(), folder]));
    for (const [id, { scan }] of this.#folders) {
      if (folders.has(id)) continue;
      scan.forgetAll();
      this.#folders.delete(id);
    }
    for (const [id, folder] of folders) {
      if (this.#folders.has(id)) continue;
      const scan = new FolderScan(this.#sourceOf(folder), {
        onFile: (path, outcome) =>
          this.#listener.onFile(path === '' ? folder.uri : vscode.Uri.joinPath(folder.uri, path), outcome),
        log: this.#listener.log,
      });
      scan.lookFor(this.#namespaces);
      this.#folders.set(id, { folder, scan });
    }
  }

  #sourceOf({ uri }: vscode.WorkspaceFolder): DiskFolder | VirtualFolder {
    const isOnDisk = uri.scheme === 'file';
    const nameOf = (of: vscode.Uri) => (isOnDisk ? of.fsPath : of.toString());
    const folder = (): FolderToList => ({
      root: nameOf(uri),
      others: (vscode.workspace.workspaceFolders ?? [])
        .filter((other) => other.uri.scheme === uri.scheme && other.uri.toString() !== uri.toString())
        .map((other) => nameOf(other.uri)),
      excludes: excludesOf(uri),
      most: this.#maxFiles,
    });
    return isOnDisk ? new DiskFolder(this.#reader, folder) : new VirtualFolder(uri, this.#reader, folder);
  }
}

/** The globs of `files.exclude`; of those that depend on other files none. */
function excludesOf(folder: vscode.Uri): string[] {
  const excludes =
    vscode.workspace.getConfiguration('files', folder).get<Readonly<Record<string, unknown>>>('exclude') ?? {};
  return Object.entries(excludes).flatMap(([glob, isOn]) => (isOn === true ? [glob] : []));
}
