import { accountId, type Account } from '../../hub/wire/account.ts';
import type { Repository } from '../../hub/listing/repositoryRow.ts';
import type { DetailedTag } from '../../hub/listing/tagRow.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';

/** An account in the tree. */
export interface AccountNode {
  readonly kind: 'account';
  readonly id: string;
  readonly account: Account;
}

/** A namespace in the tree. */
export interface NamespaceNode {
  readonly kind: 'namespace';
  readonly id: string;
  readonly account: Account;
  readonly namespace: string;
  /** Whether it was added by hand. */
  readonly added: boolean;
}

/** A repository in the tree. */
export interface RepositoryNode {
  readonly kind: 'repository';
  readonly id: string;
  readonly account: Account;
  readonly repository: Repository;
}

/** A tag in the tree. */
export interface TagNode {
  readonly kind: 'tag';
  readonly id: string;
  readonly account: Account;
  readonly repository: Repository;
  readonly tag: DetailedTag;
  /** Of an attachment: the name of a tag that has its image, as far as the tree has read; missing for every other tag. */
  readonly attachedTo?: string;
}

/** The row above the attachments that were read of a repository. */
export interface AttachmentsNode {
  readonly kind: 'attachments';
  readonly id: string;
  readonly parent: RepositoryNode;
  readonly rows: readonly TagNode[];
}

/** The row that reads the next page. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly parent: NamespaceNode | RepositoryNode;
  /** Rows read so far, and how many the server says there are. */
  readonly loaded: number;
  readonly count?: number;
}

/** A row that says what state its parent is in. */
export interface NoticeNode {
  readonly kind: 'notice';
  readonly id: string;
  /** Missing when it is about the tree as a whole. */
  readonly parent?: AccountNode | NamespaceNode | RepositoryNode;
  readonly notice:
    | { readonly type: 'empty' }
    | { readonly type: 'failed'; readonly error: unknown }
    /** The list has no rows or fewer than `count`, and there may be more (invariant 4). */
    | { readonly type: 'doubtful'; readonly loaded: number; readonly count?: number }
    | {
        readonly type: 'filtered';
        readonly filter: string;
        readonly shown: number;
        readonly loaded: number;
        readonly complete: boolean;
      };
}

/** Something that stands for a thing on Docker Hub. */
export type HubNode = AccountNode | NamespaceNode | RepositoryNode | TagNode;

/** Any row of the tree. */
export type TreeNode = HubNode | AttachmentsNode | MoreNode | NoticeNode;

/** The stable id of an account's row. */
export function accountNodeId(account: Account): string {
  return accountId(account);
}

/** The stable id of a namespace's row. */
export function namespaceNodeId(account: Account, namespace: string): string {
  return `${accountId(account)}/${namespace}`;
}

/** The stable id of a repository's row. */
export function repositoryNodeId(account: Account, { namespace, name }: RepositoryName): string {
  return `${accountId(account)}/${namespace}/${name}`;
}

/** The stable id of the row above a repository's attachments. */
export function attachmentsNodeId(account: Account, repository: RepositoryName): string {
  return `${repositoryNodeId(account, repository)}#attachments`;
}

/** The stable id of a tag's row. */
export function tagNodeId(account: Account, repository: RepositoryName, tag: string): string {
  return `${repositoryNodeId(account, repository)}:${tag}`;
}
