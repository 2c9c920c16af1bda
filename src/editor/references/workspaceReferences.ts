import type { ReferenceDoubt } from '../../references/referenceDoubt.ts';
import * as vscode from 'vscode';
import { inSlices } from '../../async/inSlices.ts';
import type { PodImages } from '../../references/parsers/podImages.ts';
import type { ReaderThread } from '../../references/reader/readerThread.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { eachSliced } from '../../async/sliced.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import type { Uses } from '../../retention/plan/uses.ts';
import { Throttle } from '../../async/throttle.ts';
import type { ClusterReading, ClusterStore } from './clusterStore.ts';
import type { FileOutcome } from '../../references/reader/folderScan.ts';
import { ReferenceIndex, type Mention, type PlacedDoubt, type UsePlace } from '../../references/referenceIndex.ts';
import { WorkspaceScan } from './workspaceScan.ts';

/** Somebody who waits for the scan waits no longer than this (ms). */
const longestWait = 10_000;
/** Files of each folder that are looked into at most, unless the caller says otherwise. */
const defaultMostFiles = 100_000;
/** Changes are told at most so often (ms). */
const tellEvery = 1000;

/**
 * What the open workspace, and the cluster that was read into it, uses of Docker Hub. It only ever protects more, so that it needs no trust
 * in the workspace (invariant 12). The scan begins when this is made.
 */
export class WorkspaceReferences implements vscode.Disposable {
  readonly #index = new ReferenceIndex();
  readonly #unread = new Map<string, vscode.Uri>();
  readonly #changed = new vscode.EventEmitter<readonly RepositoryName[]>();
  readonly #idle = new vscode.EventEmitter<void>();
  readonly #untold = new Set<string>();
  readonly #teller: Throttle;
  readonly #scan: WorkspaceScan;
  readonly #maxFiles: number;
  readonly #namespaces = new Set<string>();
  readonly #clusters = new Map<string, { readonly reading: ClusterReading; readonly ids: ReadonlySet<string> }>();
  readonly #store: ClusterStore | undefined;
  #isClustersUnknown = false;

  /**
   * @param reader outlives this
   * @param log takes a line of any text
   * @param maxFiles that are looked into in each folder, see `FolderToList`, default 100,000
   * @param store what was read from clusters in this workspace before, and where it is kept; without one it is kept for this window
   */
  constructor(
    reader: ReaderThread,
    log: (line: string) => void,
    maxFiles: number = defaultMostFiles,
    store?: ClusterStore,
  ) {
    this.#maxFiles = maxFiles;
    this.#store = store;
    this.#teller = new Throttle(tellEvery, () => this.#tell());
    const { readings, isBroken } = store?.load() ?? { readings: [], isBroken: false };
    this.#isClustersUnknown = isBroken;
    for (const reading of readings) this.#takeCluster(reading);
    this.#scan = new WorkspaceScan(reader, maxFiles, {
      onFile: (uri, outcome) => this.#take(uri, outcome),
      onIdle: () => this.#idle.fire(),
      log,
    });
  }

  /** Fires with the repositories whose uses may have changed, at most once a second. */
  readonly onDidChange: vscode.Event<readonly RepositoryName[]> = (listener, ...rest) =>
    this.#changed.event(listener, ...rest);

  /**
   * Resolves when every file was looked into as it is now, or after ten seconds: `unsure` says which. All files are listed again and compared with what is
   * known of them, so that nothing depends on what VS Code tells of changes.
   * @param namespaces see `lookFor`
   * @throws the signal's reason
   */
  async ready(signal?: AbortSignal, namespaces: Iterable<string> = []): Promise<void> {
    signal?.throwIfAborted();
    const end = performance.now() + longestWait;
    this.lookFor(namespaces);
    const look = this.#scan.look();
    while (!this.#scan.hasEnded(look) && performance.now() < end) {
      await this.#untilIdle(end - performance.now(), signal);
    }
  }

  /** Counts every image of these namespaces as used from now on that stands in any text file with its tag or digest. Files are read again for one that is new. */
  lookFor(namespaces: Iterable<string>): void {
    const before = this.#namespaces.size;
    for (const namespace of namespaces) this.#namespaces.add(namespace.toLowerCase());
    if (this.#namespaces.size > before) this.#scan.lookFor([...this.#namespaces]);
  }

  /** What is known to be used of a repository. */
  usesOf(repository: RepositoryName): Uses {
    return this.#index.usesOf(repository);
  }

  /** Everywhere that a tag is used, by its name, its digest or a platform's. */
  placesOf(repository: RepositoryName, tag: Pick<Tag, 'name' | 'digest' | 'images'>): readonly UsePlace[] {
    return this.#index.placesOf(repository, tag);
  }

  /** Every place that names something of a repository, by file and position. */
  mentionsOf(repository: RepositoryName): readonly Mention[] {
    return this.#index.mentionsOf(repository);
  }

  /**
   * Why more of these repositories may be used than is known at this instant; first what is about them for certain. None where all is known. Works in
   * slices.
   * @throws the signal's reason
   */
  async unsure(repositories: readonly RepositoryName[], signal?: AbortSignal): Promise<readonly ReferenceDoubt[]> {
    signal?.throwIfAborted();
    const doubts: ReferenceDoubt[] = [];
    if (!vscode.workspace.workspaceFolders?.length) doubts.push({ kind: 'noWorkspace' });
    else if (!this.#scan.isDone) doubts.push({ kind: 'unfinished' });
    doubts.push(...this.clusterDoubts);
    if (this.#scan.hasMore) doubts.push({ kind: 'tooManyFiles', limit: this.#maxFiles });
    const unread = [...this.#unread];
    const placed = await inSlices(this.#index.doubtsAbout(repositories), signal);
    const take = ({ doubt, place, repository }: PlacedDoubt) => {
      doubts.push(
        doubt.kind === 'unreadable'
          ? { kind: 'unreadable', place }
          : { kind: doubt.kind, text: doubt.text, place, ...(repository && { repository }) },
      );
    };
    await inSlices(eachSliced(placed, take), signal);
    for (const [source, uri] of unread) doubts.push({ kind: 'unreadable', place: { text: labelOf(uri), source } });
    return doubts;
  }

  /** How old what is known of clusters is, and what of it is known no longer. */
  get clusterDoubts(): readonly ReferenceDoubt[] {
    const ages = [...this.#clusters.values()].map(
      ({ reading: { context, readAt, pods } }) => ({ kind: 'cluster', context, readAt, isLost: !pods }) as const,
    );
    return this.#isClustersUnknown ? [{ kind: 'clustersUnknown' }, ...ages] : ages;
  }

  /** Whether something was read from clusters before, known or not. */
  get hasClusters(): boolean {
    return this.#clusters.size > 0 || this.#isClustersUnknown;
  }

  /**
   * Takes what the pods of a Kubernetes context run, instead of what was known of that context, and keeps it for this workspace. A context without
   * pods is forgotten.
   * @throws what VS Code throws when it cannot be kept; it counts in this window all the same
   */
  async setCluster(context: string, pods: readonly PodImages[], readAt: number): Promise<void> {
    this.#forgetCluster(context);
    if (pods.length > 0) this.#takeCluster({ context, readAt, pods });
    this.#isClustersUnknown = false;
    await this.#store?.save([...this.#clusters.values()].map(({ reading }) => reading));
  }

  /** Forgets all that was read from clusters. @throws what VS Code throws when it cannot be forgotten */
  async forgetClusters(): Promise<void> {
    for (const context of [...this.#clusters.keys()]) this.#forgetCluster(context);
    this.#isClustersUnknown = false;
    await this.#store?.save([]);
  }

  #forgetCluster(context: string): void {
    for (const id of this.#clusters.get(context)?.ids ?? []) this.#note(this.#index.remove(id));
    this.#clusters.delete(context);
  }

  #takeCluster(reading: ClusterReading): void {
    const { context, pods = [] } = reading;
    const ids = new Set<string>();
    for (const { pod, found } of pods) {
      const id = `cluster:${context}/${pod}`;
      ids.add(id);
      this.#note(this.#index.replace({ id, label: `${pod} (${context})`, hasLines: false }, found));
    }
    this.#clusters.set(context, { reading, ids });
  }

  dispose(): void {
    this.#scan.dispose();
    this.#teller[Symbol.dispose]();
    this.#changed.dispose();
    this.#idle.dispose();
  }

  #take(uri: vscode.Uri, outcome: FileOutcome): void {
    const id = uri.toString();
    this.#unread.delete(id);
    if (typeof outcome === 'object') {
      this.#note(this.#index.replace({ id, label: labelOf(uri), hasLines: true }, outcome));
    } else if (outcome === 'gone') {
      this.#note(this.#index.remove(id));
    }
    // What was found in it before may be in it still.
    else {
      this.#unread.set(id, uri);
    }
  }

  #note(changed: ReadonlySet<string>): void {
    if (changed.size === 0) return;
    for (const name of changed) this.#untold.add(name);
    this.#teller.request();
  }

  #tell(): void {
    const repositories = [...this.#untold].map((fullName) => {
      const slash = fullName.indexOf('/');
      return { namespace: fullName.slice(0, slash), name: fullName.slice(slash + 1) };
    });
    this.#untold.clear();
    this.#changed.fire(repositories);
  }

  #untilIdle(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        listening.dispose();
        signal?.removeEventListener('abort', abort);
      };
      const done = (): void => {
        end();
        resolve();
      };
      const abort = (): void => {
        end();
        reject(signal!.reason);
      };
      const timer = setTimeout(done, ms);
      const listening = this.#idle.event(done);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}

/** A file by its path in its folder, with the folder's name where there are several. */
function labelOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, (vscode.workspace.workspaceFolders?.length ?? 0) > 1);
}
