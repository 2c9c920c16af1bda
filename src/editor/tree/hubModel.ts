import * as vscode from 'vscode';
import type { Account } from '../../hub/wire/account.ts';
import type { HubClient } from '../../hub/client.ts';
import type { Admission, Wait } from '../../hub/pacing/pacer.ts';
import { mayHaveTags, type Repository } from '../../hub/listing/repositoryRow.ts';
import type { DetailedTag } from '../../hub/listing/tagRow.ts';
import { attachmentOf } from '../../retention/tags/attachment.ts';
import { DateOrder } from '../../retention/tags/dateOrder.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { subjectNames } from '../../retention/plan/subjectNames.ts';
import type { AccountStore } from '../accounts/accountStore.ts';
import { Branch } from './branch.ts';
import type { Connections } from '../accounts/connections.ts';
import type { NamespaceStore } from '../accounts/namespaceStore.ts';
import {
  accountNodeId,
  attachmentsNodeId,
  namespaceNodeId,
  repositoryNodeId,
  tagNodeId,
  type AccountNode,
  type AttachmentsNode,
  type HubNode,
  type NamespaceNode,
  type NoticeNode,
  type RepositoryNode,
  type TagNode,
  type TreeNode,
} from './node.ts';
import { readOrigins } from '../settings/originSettings.ts';
import type { TagFilter } from './tagFilter.ts';
import { compareTags, serverOrdering, type TagOrder } from './tagOrder.ts';

/**
 * What has been read of Docker Hub for the tree, and nothing more: each branch is read when it is opened, a page at a time. Commands look
 * up here what their arguments name (invariant 1).
 */
export class HubModel implements vscode.Disposable {
  readonly #accounts: AccountStore;
  readonly #connections: Connections;
  readonly #namespaces: NamespaceStore;
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #forgot = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #waiting = new vscode.EventEmitter<Wait | undefined>();
  readonly #foundNamespaces = new vscode.EventEmitter<readonly string[]>();
  readonly #nodes = new Map<string, HubNode>();
  readonly #organisations = new Map<string, Promise<readonly string[]>>();
  readonly #repositories = new Map<string, Branch<Repository>>();
  readonly #tags = new Map<string, Branch<DetailedTag>>();
  /** The client that a list was begun with: what is read with one secret is not known to another one. */
  readonly #readers = new WeakMap<Branch<DetailedTag>, HubClient>();
  readonly #filters = new Map<string, TagFilter>();
  readonly #counts = new Map<string, number>();
  /** The rows above attachments, as they were shown last. */
  readonly #attachments = new Map<string, AttachmentsNode>();
  #order: TagOrder = 'newest';

  constructor(parts: { accounts: AccountStore; connections: Connections; namespaces: NamespaceStore }) {
    this.#accounts = parts.accounts;
    this.#connections = parts.connections;
    this.#namespaces = parts.namespaces;
  }

  /** Fires with the row that changed, or with nothing when all may have. */
  readonly onDidChange: vscode.Event<TreeNode | undefined> = (listener, ...rest) =>
    this.#changed.event(listener, ...rest);

  /** Fires with the row below which Docker Hub may have changed, or with nothing when it may anywhere; not where rows are only ordered, filtered or read on. */
  readonly onDidForget: vscode.Event<TreeNode | undefined> = (listener, ...rest) =>
    this.#forgot.event(listener, ...rest);

  /** Fires when the tree waits for the server, and with nothing when it waits no more. */
  readonly onDidWait: vscode.Event<Wait | undefined> = (listener, ...rest) => this.#waiting.event(listener, ...rest);

  /** Fires with the namespaces of an account each time its rows are asked for: its own, its organizations, and those added by hand. */
  readonly onDidFindNamespaces: vscode.Event<readonly string[]> = (listener, ...rest) =>
    this.#foundNamespaces.event(listener, ...rest);

  /** The accounts signed in at the servers that the settings name. @throws SettingError */
  async accounts(): Promise<Account[]> {
    return this.#accounts.listAt(readOrigins());
  }

  /** The order of tags. */
  get order(): TagOrder {
    return this.#order;
  }

  /** Orders the tags of every repository; lists that the server must be asked for anew are. */
  set order(order: TagOrder) {
    if (serverOrdering(order) !== serverOrdering(this.#order)) this.#tags.clear();
    this.#order = order;
    this.#changed.fire(undefined);
  }

  /** What a repository's tags are filtered by. */
  filter(node: RepositoryNode): TagFilter | undefined {
    return this.#filters.get(node.id);
  }

  /** Filters a repository's tags, or with `undefined` shows all again. */
  setFilter(node: RepositoryNode, filter: TagFilter | undefined): void {
    if (filter) this.#filters.set(node.id, filter);
    else this.#filters.delete(node.id);
    this.#tags.delete(node.id);
    this.#changed.fire(this.#nodes.get(node.id) ?? node);
  }

  /** How many tags a repository has, where that is known. */
  tagCount(node: RepositoryNode): number | undefined {
    return this.#counts.get(node.id);
  }

  /** The rows below a row, or the accounts. Reads what is missing; what fails becomes a row that says so. */
  async children(node?: TreeNode): Promise<TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#accountRows();
      case 'account':
        return this.#namespacesOf(node);
      case 'namespace':
        return this.#repositoriesOf(node);
      case 'repository':
        return this.#tagsOf(node);
      case 'attachments':
        return [...node.rows];
      default:
        return [];
    }
  }

  /** The row above a row. */
  parent(node: TreeNode): TreeNode | undefined {
    switch (node.kind) {
      case 'account':
        return undefined;
      case 'namespace':
        return this.#nodes.get(accountNodeId(node.account));
      case 'repository':
        return this.#nodes.get(namespaceNodeId(node.account, node.repository.namespace));
      case 'tag':
        return this.#attachmentsAbove(node) ?? this.#nodes.get(repositoryNodeId(node.account, node.repository));
      default:
        return node.parent;
    }
  }

  /**
   * The thing that a command argument names by its `id`, as this model knows it. Whatever else the argument says is not believed, since it
   * may come from a keybinding, a link or another extension (invariant 1).
   */
  find(argument: unknown): HubNode | undefined {
    if (typeof argument !== 'object' || argument === null || !('id' in argument)) return undefined;
    if (typeof argument.id !== 'string') return undefined;
    // Rows such as "Load more…" stand for the row above them.
    return (
      this.#nodes.get(argument.id) ??
      this.#nodes.get(argument.id.replace(/#(more|failed|empty|doubtful|filter|attachments)$/, ''))
    );
  }

  /** The repositories that the tree has read so far. */
  knownRepositories(): RepositoryNode[] {
    return [...this.#nodes.values()].filter((node) => node.kind === 'repository');
  }

  /** The row of a repository, where the tree has read it. */
  findRepository(account: Account, repository: RepositoryName): RepositoryNode | undefined {
    const node = this.#nodes.get(repositoryNodeId(account, repository));
    return node?.kind === 'repository' ? node : undefined;
  }

  /** Reads the next page below a row; where the first could not be read, or is doubted, that one again. */
  async loadMore(node: TreeNode): Promise<void> {
    const branch = this.#repositories.get(node.id) ?? this.#tags.get(node.id);
    if (!branch?.hasMore) {
      // A second click on a row that was the last "Load more…" has nothing to do.
      if (!branch || branch.error !== undefined || branch.isShort || branch.rows.length === 0) {
        this.refresh(this.#nodes.get(node.id));
      }
      return;
    }
    await branch.loadMore();
    this.#waiting.fire(undefined);
    const shown = this.#nodes.get(node.id);
    if (shown?.kind === 'repository') this.#keepListing(shown);
    this.#changed.fire(this.#nodes.get(node.id));
  }

  /** A list that was loaded to its end in the server's own order need not be read again for a plan that is made soon. */
  #keepListing({ id, repository }: RepositoryNode): void {
    const branch = this.#tags.get(id);
    const client = branch && this.#readers.get(branch);
    if (!client || !branch.isSettled || this.#filters.has(id) || serverOrdering(this.#order) !== undefined) return;
    const order = new DateOrder();
    for (const row of branch.rows) order.add(row);
    const tags = branch.rows.map(({ platforms: _, ...tag }) => Object.freeze(tag));
    const { namespace, name } = repository;
    client.known.keep({
      repository: { namespace, name },
      tags,
      asOf: Math.min(branch.since, client.now()),
      inDateOrder: order.kept,
      isSettled: true,
    });
  }

  /** Forgets what was read below a row, or all of it, so that it is read again when shown. */
  refresh(node?: TreeNode): void {
    this.#forgetListings(node);
    const below = ({ id }: { id: string }) =>
      node === undefined ||
      id === node.id ||
      id.startsWith(`${node.id}/`) ||
      id.startsWith(`${node.id}:`) ||
      id.startsWith(`${node.id}#`);
    for (const map of [this.#organisations, this.#repositories, this.#tags, this.#counts, this.#attachments]) {
      for (const id of map.keys()) if (below({ id })) map.delete(id);
    }
    for (const id of this.#nodes.keys()) if (below({ id }) && id !== node?.id) this.#nodes.delete(id);
    this.#changed.fire(node);
    this.#forgot.fire(node);
  }

  #forgetListings(node: TreeNode | undefined): void {
    switch (node?.kind) {
      case 'account':
        return this.#connections.forgetListings(node.account);
      case 'namespace':
        return this.#connections.forgetListings(node.account, { namespace: node.namespace });
      case 'repository':
      case 'tag':
        return this.#connections.forgetListings(node.account, node.repository);
      default:
        if (node?.parent) this.#forgetListings(node.parent);
        else this.#connections.forgetListings();
    }
  }

  /** Shows the rows below a row anew, without reading them again. */
  redraw(node: TreeNode | undefined): void {
    this.#changed.fire(node);
  }

  /** Forgets everything about an account, named by its id, and nothing else. */
  forget(account: string): void {
    for (const map of [
      this.#organisations,
      this.#repositories,
      this.#tags,
      this.#counts,
      this.#filters,
      this.#attachments,
      this.#nodes,
    ]) {
      for (const id of map.keys()) if (id === account || id.startsWith(`${account}/`)) map.delete(id);
    }
    this.#changed.fire(undefined);
    this.#forgot.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#forgot.dispose();
    this.#waiting.dispose();
    this.#foundNamespaces.dispose();
  }

  async #accountRows(): Promise<TreeNode[]> {
    try {
      return (await this.accounts()).map((account) =>
        this.#keep<AccountNode>({ kind: 'account', id: accountNodeId(account), account }),
      );
    } catch (error) {
      return [{ kind: 'notice', id: '#failed', notice: { type: 'failed', error } }];
    }
  }

  async #namespacesOf(node: AccountNode): Promise<TreeNode[]> {
    const { account } = node;
    let found: readonly string[] = [account.name];
    let failure: NoticeNode | undefined;
    try {
      const reading =
        this.#organisations.get(node.id) ?? this.#connections.client(account).namespaces(this.#admission());
      this.#organisations.set(node.id, reading);
      found = await reading;
      if (this.#organisations.get(node.id) !== reading) return this.#again(node);
    } catch (error) {
      this.#organisations.delete(node.id);
      failure = { kind: 'notice', id: `${node.id}#failed`, parent: node, notice: { type: 'failed', error } };
    } finally {
      this.#waiting.fire(undefined);
    }
    const added = this.#namespaces.list(account).filter((namespace) => !found.includes(namespace));
    this.#foundNamespaces.fire([...found, ...added]);
    const namespaces = [...found, ...added].map((namespace) =>
      this.#keep<NamespaceNode>({
        kind: 'namespace',
        id: namespaceNodeId(account, namespace),
        account,
        namespace,
        added: added.includes(namespace),
      }),
    );
    return failure ? [...namespaces, failure] : namespaces;
  }

  async #repositoriesOf(node: NamespaceNode): Promise<TreeNode[]> {
    const { account } = node;
    const branch = this.#branch(this.#repositories, node.id, (target) =>
      this.#connections.client(account).repositoryPage(node.namespace, this.#admission(), target),
    );
    await branch.load();
    this.#waiting.fire(undefined);
    if (this.#repositories.get(node.id) !== branch) return this.#again(node);
    const rows = branch.rows.map((repository) =>
      this.#keep<RepositoryNode>({
        kind: 'repository',
        id: repositoryNodeId(account, repository),
        account,
        repository,
      }),
    );
    return this.#withState(node, branch, rows);
  }

  async #tagsOf(node: RepositoryNode): Promise<TreeNode[]> {
    const { account, repository } = node;
    const filter = this.filter(node);
    const client = this.#connections.client(account);
    const branch = this.#branch(
      this.#tags,
      node.id,
      (target) =>
        this.#connections.client(account).tagPage(repository, this.#admission(), target, {
          nameContains: filter?.literal,
          ordering: serverOrdering(this.#order),
        }),
      () => client.now(),
    );
    if (!this.#readers.has(branch)) this.#readers.set(branch, client);
    await branch.load();
    const isDoubted = !filter && (mayHaveTags(repository) || branch.isShort);
    if (isDoubted) await branch.readEmptyAgain();
    this.#waiting.fire(undefined);
    if (this.#tags.get(node.id) !== branch) return this.#again(node);
    if (!filter && branch.count !== undefined && branch.count !== this.#counts.get(node.id)) {
      const hasChanged = this.#counts.has(node.id);
      this.#counts.set(node.id, branch.count);
      // The repository's own row shows the count; told once this answer has been given.
      queueMicrotask(() => {
        this.#changed.fire(this.#nodes.get(node.id));
        if (hasChanged) this.#forgot.fire(this.#nodes.get(node.id));
      });
    }
    const tags = branch.rows.filter(({ name }) => filter?.matches(name) ?? true).sort(compareTags(this.#order));
    const rows = this.#tagRows(node, branch.rows, tags);
    if (!filter || branch.error !== undefined) return this.#withState(node, branch, rows, isDoubted);
    const notice = {
      type: 'filtered',
      filter: filter.text,
      shown: tags.length,
      loaded: branch.rows.length,
      complete: !branch.hasMore,
    } as const;
    return [
      { kind: 'notice', id: `${node.id}#filter`, parent: node, notice },
      ...(branch.rows.length > 0 ? this.#withState(node, branch, rows) : []),
    ];
  }

  /** The rows of tags, and below them, in a group of their own, those that are attached to images (see `attachmentOf`). @param read all that was read; `shown`: of these, in their order */
  #tagRows(node: RepositoryNode, read: readonly DetailedTag[], shown: readonly DetailedTag[]): TreeNode[] {
    const { account, repository } = node;
    const subjects = read.some(attachmentOf) ? subjectNames(read) : undefined;
    const [tags, attachments]: [TagNode[], TagNode[]] = [[], []];
    for (const tag of shown) {
      const isAttachment = attachmentOf(tag) !== undefined;
      const attachedTo = subjects?.get(tag);
      const row = this.#keep<TagNode>({
        kind: 'tag',
        id: tagNodeId(account, repository, tag.name),
        account,
        repository,
        tag,
        ...(attachedTo !== undefined && { attachedTo }),
      });
      (isAttachment ? attachments : tags).push(row);
    }
    const id = attachmentsNodeId(account, repository);
    if (attachments.length === 0) {
      this.#attachments.delete(id);
      return tags;
    }
    const known = this.#attachments.get(id);
    const isSame =
      known?.parent === node &&
      known.rows.length === attachments.length &&
      known.rows.every((row, index) => row === attachments[index]);
    const group: AttachmentsNode = isSame ? known : { kind: 'attachments', id, parent: node, rows: attachments };
    this.#attachments.set(id, group);
    return [...tags, group];
  }

  #attachmentsAbove(node: TagNode): AttachmentsNode | undefined {
    const group = this.#attachments.get(attachmentsNodeId(node.account, node.repository));
    return group?.rows.includes(node) ? group : undefined;
  }

  /** The question has changed while the answer was on its way: what came says nothing any more, and must not be kept. */
  #again(node: AccountNode | NamespaceNode | RepositoryNode): Promise<TreeNode[]> | TreeNode[] {
    return this.#nodes.has(node.id) ? this.children(node) : [];
  }

  /** @param isDoubted whether an empty list is not believed */
  #withState(
    parent: NamespaceNode | RepositoryNode,
    branch: Branch<Repository> | Branch<DetailedTag>,
    rows: TreeNode[],
    isDoubted = false,
  ): TreeNode[] {
    const notice = (name: string, notice: NoticeNode['notice']): NoticeNode => ({
      kind: 'notice',
      id: `${parent.id}#${name}`,
      parent,
      notice,
    });
    if (branch.error !== undefined) return [...rows, notice('failed', { type: 'failed', error: branch.error })];
    if (branch.hasMore) {
      return [
        ...rows,
        { kind: 'more', id: `${parent.id}#more`, parent, loaded: branch.rows.length, count: branch.count },
      ];
    }
    const isFiltered = parent.kind === 'repository' && this.#filters.has(parent.id);
    if ((branch.isShort && !isFiltered) || (isDoubted && branch.rows.length === 0)) {
      return [...rows, notice('doubtful', { type: 'doubtful', loaded: branch.rows.length, count: branch.count })];
    }
    return branch.rows.length === 0 ? [notice('empty', { type: 'empty' })] : rows;
  }

  #branch<T extends { readonly name: string }>(
    branches: Map<string, Branch<T>>,
    id: string,
    ...parts: ConstructorParameters<typeof Branch<T>>
  ): Branch<T> {
    const branch = branches.get(id) ?? new Branch<T>(...parts);
    branches.set(id, branch);
    return branch;
  }

  /** The row as it is known already while it still says the same: VS Code tells rows apart by object, not by id. */
  #keep<T extends HubNode>(node: T): T {
    const known = this.#nodes.get(node.id);
    if (known && sameRow(known, node)) return known as T;
    this.#nodes.set(node.id, node);
    return node;
  }

  #admission(): Admission {
    return { lane: 'foreground', onWait: (wait) => this.#waiting.fire(wait) };
  }
}

function sameRow(a: HubNode, b: HubNode): boolean {
  switch (a.kind) {
    case 'account':
      return true;
    case 'namespace':
      return b.kind === 'namespace' && a.added === b.added;
    case 'repository':
      return b.kind === 'repository' && a.repository === b.repository;
    case 'tag':
      return b.kind === 'tag' && a.tag === b.tag && a.repository === b.repository && a.attachedTo === b.attachedTo;
  }
}
