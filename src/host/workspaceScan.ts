import { setImmediate as turn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { fileKind, fileNames, isEnvironmentFile } from '../references/fileKind.ts';
import type { FoundReferences } from '../references/foundReferences.ts';
import { ReaderError, type ReaderThread } from '../references/readerThread.ts';
import { readBoundedFile } from './boundedFile.ts';
import { findWorkspaceFiles } from './findWorkspaceFiles.ts';

/** Larger files (bytes) are not read, and told. */
const largest = 1_000_000;
/** Files that are read at the same time. */
const together = 32;
/** Items that are handled before others have their turn. */
const slice = 250;
/** Changes on the disk are waited for so long (ms), since one is seldom alone. */
const gather = 300;
/** More files than this that came at once are searched for anew, not asked about one by one. */
const mostAsked = 50;
/** What is found in no folder of ours: packages and Git's own files hold nothing that the user deploys. */
const leftOut = '**/{node_modules,.git}/**';

/** What came of a file: what was found; that it is too large; that it could not be read, or took too long; that it is gone. */
export type FileOutcome = FoundReferences | 'tooLarge' | 'unreadable' | 'gone';

/** What the scan tells. */
export interface ScanListener {
  /** A file was looked into, or is gone. */
  readonly onFile: (uri: vscode.Uri, outcome: FileOutcome) => void;
  /** All that was to be done is done. */
  readonly onIdle: () => void;
  readonly log: (line: string) => void;
}

/**
 * Looks into every file of the workspace that may name images, and again into those that change. As they are saved: what stands in an editor
 * and nowhere else is used by nobody. `files.exclude` is respected; `search.exclude` and ignore files are not, since what is not searched may
 * well be deployed.
 */
export class WorkspaceScan implements vscode.Disposable {
  readonly #reader: ReaderThread;
  readonly #mostFiles: number;
  readonly #listener: ScanListener;
  readonly #known = new Map<string, vscode.Uri>();
  readonly #toRead = new Map<string, vscode.Uri>();
  readonly #environments = new Set<string>();
  readonly #created = new Map<string, vscode.Uri>();
  readonly #deleted = new Map<string, vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  #toList = true;
  #isWorking = false;
  #sorting = 0;
  #hasFailed = false;
  #hasMore = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #cancelling = new vscode.CancellationTokenSource();

  /** Begins at once. @param mostFiles that are looked into; of more, see `hasMore` */
  constructor(reader: ReaderThread, mostFiles: number, listener: ScanListener) {
    this.#reader = reader;
    this.#mostFiles = mostFiles;
    this.#listener = listener;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    this.#subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidChange((uri) => this.#changed(uri)),
      watcher.onDidCreate((uri) => this.#gather(this.#created, uri)),
      watcher.onDidDelete((uri) => this.#gather(this.#deleted, uri)),
      // Earlier than the watcher.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => vscode.workspace.getWorkspaceFolder(uri) && this.#changed(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#list()),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('files.exclude') && this.#list()),
    );
    void this.#work();
  }

  /** Whether nothing is left to be looked into. False where the search itself failed. */
  get isDone(): boolean {
    return !this.isBusy && !this.#toList && this.#toRead.size === 0 && !this.#hasFailed;
  }

  /** Whether there are more files than are looked into. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Whether something is being done, or waited for. */
  get isBusy(): boolean {
    return this.#isWorking || this.#sorting > 0 || this.#created.size > 0 || this.#deleted.size > 0;
  }

  /** Does at once what is being waited for, and tries again what failed. */
  hurry(): void {
    if (this.#hasFailed) this.#list();
    if (this.#created.size > 0 || this.#deleted.size > 0) void this.#sort();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    clearTimeout(this.#timer);
    this.#cancelling.cancel();
    this.#cancelling.dispose();
  }

  #list(): void {
    this.#toList = true;
    void this.#work();
  }

  #changed(uri: vscode.Uri): void {
    if (isEnvironmentFile(uri.path)) this.#readBeside(uri);
    else if (this.#known.has(uri.toString())) this.#read(uri);
    else if (fileKind(uri.path)) this.#gather(this.#created, uri);
  }

  #read(uri: vscode.Uri): void {
    this.#toRead.set(uri.toString(), uri);
    void this.#work();
  }

  /** A `.env` file decides what the Compose files beside it say. */
  #readBeside(environment: vscode.Uri): void {
    const folder = folderOf(environment);
    for (const [id, uri] of this.#known) if (folderOf(uri) === folder && !isEnvironmentFile(uri.path)) this.#toRead.set(id, uri);
    void this.#work();
  }

  #gather(into: Map<string, vscode.Uri>, uri: vscode.Uri): void {
    if (/\/(?:node_modules|\.git)(?:\/|$)/.test(uri.path)) return;
    into.set(uri.toString(), uri);
    this.#timer ??= setTimeout(() => void this.#sort(), gather);
  }

  /** Finds out what files that came or went mean. Folders come and go as one, without their files being named. */
  async #sort(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sorting++;
    const [created, deleted] = [[...this.#created.values()], [...this.#deleted.values()]];
    this.#deleted.clear();
    for (const uri of deleted) {
      if (isEnvironmentFile(uri.path)) this.#toList = true;
      if (this.#known.has(uri.toString())) this.#read(uri);
      else if (deleted.length > mostAsked || [...this.#known.keys()].some((id) => id.startsWith(`${uri.toString()}/`))) this.#toList = true;
    }
    // They count as waited for until it is known what they are.
    const isNew = created.length > mostAsked || created.some((uri) => fileKind(uri.path) ?? isEnvironmentFile(uri.path)) || (await someFolder(created));
    for (const uri of created) {
      this.#created.delete(uri.toString());
      if (this.#known.has(uri.toString())) this.#toRead.set(uri.toString(), uri);
    }
    if (isNew) this.#toList = true;
    this.#sorting--;
    await this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      // Whoever calls goes on first.
      await turn();
      while (!this.#cancelling.token.isCancellationRequested) {
        if (this.#toList) await this.#search();
        else if (this.#toRead.size > 0) await this.#readSome();
        else break;
      }
    } finally {
      this.#isWorking = false;
    }
    if (!this.#cancelling.token.isCancellationRequested) this.#listener.onIdle();
  }

  async #search(): Promise<void> {
    this.#toList = false;
    let found: readonly vscode.Uri[];
    try {
      const { uris, hasMore } = await findWorkspaceFiles({ names: fileNames, leftOut, most: this.#mostFiles, token: this.#cancelling.token });
      if (this.#cancelling.token.isCancellationRequested) return;
      found = uris;
      this.#hasMore = hasMore;
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      this.#listener.log(`files that name images could not be searched for: ${String(error)}`);
      return;
    }
    const ids = new Set<string>();
    const environments = new Set<string>();
    await eachWithBreaks(found, (uri) => {
      const id = uri.toString();
      if (isEnvironmentFile(uri.path)) environments.add(id);
      ids.add(id);
    });
    await eachWithBreaks(found, (uri) => {
      const id = uri.toString();
      if (this.#known.has(id)) return;
      this.#known.set(id, uri);
      if (!environments.has(id)) this.#toRead.set(id, uri);
    });
    await eachWithBreaks([...this.#known], ([id, uri]) => {
      if (!ids.has(id)) this.#forget(id, uri);
    });
    for (const id of new Set([...this.#environments, ...environments])) {
      if (this.#environments.has(id) === environments.has(id)) continue;
      if (environments.has(id)) this.#environments.add(id);
      else this.#environments.delete(id);
      this.#readBeside(vscode.Uri.parse(id, true));
    }
  }

  async #readSome(): Promise<void> {
    const some = [...firstOf(this.#toRead, together)];
    for (const [id] of some) this.#toRead.delete(id);
    await Promise.all(some.map(([, uri]) => this.#readOne(uri)));
    await turn();
  }

  async #readOne(uri: vscode.Uri): Promise<void> {
    const id = uri.toString();
    let outcome: FileOutcome;
    try {
      outcome = await this.#find(uri);
    } catch (error) {
      if (this.#cancelling.token.isCancellationRequested) return;
      outcome = 'unreadable';
      this.#listener.log(`references in ${uri.path}: ${error instanceof ReaderError ? error.reason : ''} ${String(error)}`);
    }
    if (outcome === 'gone') this.#forget(id, uri);
    else if (this.#known.has(id)) this.#listener.onFile(uri, outcome);
  }

  async #find(uri: vscode.Uri): Promise<FileOutcome> {
    const kind = fileKind(uri.path);
    const beside = kind === 'compose' || kind === 'yaml' ? vscode.Uri.joinPath(uri, '..', '.env') : undefined;
    const environment = beside && this.#environments.has(beside.toString()) ? await this.#environmentAt(beside) : undefined;
    const bytes = await readBoundedFile(uri, largest);
    return typeof bytes === 'string' ? bytes : this.#reader.read({ kind: 'file', path: uri.path, bytes, ...(environment && { environment }) });
  }

  /** A `.env` file that cannot be read decides nothing, so what needs it is not understood, and told. */
  async #environmentAt(uri: vscode.Uri): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readBoundedFile(uri, largest);
      return typeof bytes === 'string' ? undefined : bytes;
    } catch {
      return undefined;
    }
  }

  #forget(id: string, uri: vscode.Uri): void {
    this.#toRead.delete(id);
    if (this.#known.delete(id)) this.#listener.onFile(uri, 'gone');
  }
}

function* firstOf<K, V>(map: ReadonlyMap<K, V>, count: number): Generator<[K, V], void> {
  for (const entry of map) {
    if (count-- === 0) return;
    yield entry;
  }
}

async function eachWithBreaks<T>(items: readonly T[], use: (item: T) => void): Promise<void> {
  for (let from = 0; from < items.length; from += slice) {
    for (const item of items.slice(from, from + slice)) use(item);
    await turn();
  }
}

function folderOf(uri: vscode.Uri): string {
  return vscode.Uri.joinPath(uri, '..').toString();
}

async function someFolder(uris: readonly vscode.Uri[]): Promise<boolean> {
  const types = await Promise.all(uris.map((uri) => Promise.resolve(vscode.workspace.fs.stat(uri)).then(({ type }) => type, () => vscode.FileType.Unknown)));
  return types.some((type) => (type & vscode.FileType.Directory) !== 0);
}
