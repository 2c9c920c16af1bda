import { randomBytes } from 'node:crypto';
import type { Account, Organisation } from './accounts.ts';
import type { ImmutableTagsSettings, RepositoryRow, TagRow } from './rows.ts';
import { TagTable } from './tagTable.ts';

/** What a new repository is made of; all but its name has a default. */
export interface RepositoryInit {
  namespace: string;
  name: string;
  /** Default false. */
  isPrivate?: boolean;
  description?: string | null;
  fullDescription?: string | null;
  pullCount?: number;
  starCount?: number;
  /** Bytes, or null as some old repositories have it. */
  storageSize?: number | null;
  /** Default: the newest date of the tags, else null. */
  lastUpdated?: string | null;
  /** Default 2020-01-01. */
  dateRegistered?: string;
  /** Default: all tags mutable. */
  immutable?: ImmutableTagsSettings;
  tags?: TagTable | Iterable<TagRow>;
  /** True: the default order of the tag list is that of `tags`, not by date. */
  keepTagOrder?: boolean;
  /** Laid over the row last, for whatever a recording had. */
  row?: Partial<RepositoryRow>;
}

/** A repository and its tags. `row` is sent as it is. */
export interface Repository {
  readonly id: number;
  row: RepositoryRow;
  fullDescription: string | null;
  immutable: ImmutableTagsSettings;
  tags: TagTable;
  /** Epoch milliseconds from which on a deleted repository is gone; undefined while it was not deleted. */
  goneAt: number | undefined;
}

/** A push of one tag. */
export interface Push {
  /** Default: now. Null: the tag gets no date, as tags of before 2015 have it. */
  pushedAt?: Date | string | number | null;
  /** Default null: never pulled. */
  pulledAt?: Date | string | number | null;
  /** `sha256:…`; default a new one. */
  digest?: string;
  /** Compressed bytes; default 50,000,000. */
  size?: number;
  /** Laid over the row last. */
  row?: Partial<TagRow>;
}

/** Everything that the server knows: who there is, and what they have. Tests change it at any time. */
export class World {
  readonly accounts = new Map<string, Account>();
  readonly organisations = new Map<string, Organisation>();
  /** By `namespace/name`. */
  readonly repositories = new Map<string, Repository>();
  readonly #now: () => number;
  #lastId = 5_000_000;

  /** @param options.now epoch milliseconds, default `Date.now` */
  constructor(options: { now?: () => number } = {}) {
    this.#now = options.now ?? (() => Date.now());
  }

  addAccount(account: Omit<Account, 'tokens'> & Partial<Pick<Account, 'tokens'>>): Account {
    const added = { ...account, tokens: account.tokens ?? [] };
    this.accounts.set(added.name, added);
    return added;
  }

  addOrganisation(organisation: Pick<Organisation, 'name'> & Partial<Organisation>): Organisation {
    const added = { members: {}, oats: [], ...organisation };
    this.organisations.set(added.name, added);
    return added;
  }

  /** Every password and access token. */
  get secrets(): string[] {
    const ofAccounts = [...this.accounts.values()].flatMap(({ password, tokens }) => [
      password,
      ...tokens.map(({ secret }) => secret),
    ]);
    const ofOrganisations = [...this.organisations.values()].flatMap(({ oats }) => oats.map(({ secret }) => secret));
    return [...ofAccounts, ...ofOrganisations].filter((secret) => secret !== undefined);
  }

  /** Takes a secret back; tokens that were handed out for it are refused from now on. Whether there was such a secret. */
  revoke(secret: string): boolean {
    let found = false;
    const keep = (token: { secret: string }): boolean => token.secret !== secret || !(found = true);
    for (const account of this.accounts.values()) account.tokens = account.tokens.filter(keep);
    for (const organisation of this.organisations.values()) organisation.oats = organisation.oats.filter(keep);
    return found;
  }

  /** Whether `namespace` is a user, an organisation or owns a repository. */
  hasNamespace(namespace: string): boolean {
    return (
      this.accounts.has(namespace) || this.organisations.has(namespace) || !this.repositoriesOf(namespace).next().done
    );
  }

  addRepository(init: RepositoryInit): Repository {
    const tags = init.tags instanceof TagTable ? init.tags : new TagTable(init.tags);
    if (init.keepTagOrder !== undefined) tags.keepsOrder = init.keepTagOrder;
    const lastUpdated = init.lastUpdated !== undefined ? init.lastUpdated : newestOf(tags);
    const repository: Repository = {
      id: ++this.#lastId,
      row: {
        name: init.name,
        namespace: init.namespace,
        repository_type: 'image',
        status: 1,
        status_description: 'active',
        description: init.description ?? '',
        is_private: init.isPrivate ?? false,
        star_count: init.starCount ?? 0,
        pull_count: init.pullCount ?? 0,
        last_updated: lastUpdated,
        last_modified: lastUpdated,
        date_registered: init.dateRegistered ?? '2020-01-01T00:00:00.000000Z',
        affiliation: '',
        media_types: ['application/vnd.oci.image.index.v1+json'],
        content_types: ['image'],
        categories: [],
        storage_size: init.storageSize === undefined ? 0 : init.storageSize,
        ...init.row,
      },
      fullDescription: init.fullDescription ?? null,
      immutable: init.immutable ?? { enabled: false, rules: [] },
      tags,
      goneAt: undefined,
    };
    this.repositories.set(`${init.namespace}/${init.name}`, repository);
    return repository;
  }

  /** The repository, or undefined where there is none (any more). */
  repository(namespace: string, name: string): Repository | undefined {
    const repository = this.repositories.get(`${namespace}/${name}`);
    return repository === undefined || this.#isGone(repository) ? undefined : repository;
  }

  *repositoriesOf(namespace: string): Generator<Repository> {
    for (const repository of this.repositories.values()) {
      if (repository.row.namespace === namespace && !this.#isGone(repository)) yield repository;
    }
  }

  /** Queues a repository for deletion: it is gone after `delayMs` (API-NOTES section 7). */
  removeRepository(namespace: string, name: string, delayMs = 0): boolean {
    const repository = this.repository(namespace, name);
    if (repository === undefined) return false;
    repository.goneAt ??= this.#now() + delayMs;
    return true;
  }

  /**
   * Pushes a tag, new or again: the name then has this digest and these dates.
   * @throws Error where the repository does not exist
   */
  pushTag(namespace: string, repositoryName: string, name: string, push: Push = {}): TagRow {
    const repository = this.#existing(namespace, repositoryName);
    const pushedAt = push.pushedAt === undefined ? this.#now() : push.pushedAt;
    const pushed = dateText(pushedAt, '000');
    const size = push.size ?? 50_000_000;
    const row: TagRow = {
      creator: 1234,
      id: repository.tags.get(name)?.id ?? ++this.#lastId,
      images: [platformImage('amd64', null, size, pushed), platformImage('arm64', 'v8', size, pushed)],
      last_updated: pushed,
      last_updater: 1234,
      last_updater_username: namespace,
      name,
      repository: repository.id,
      full_size: size,
      v2: true,
      tag_status: 'active',
      tag_last_pulled: dateText(push.pulledAt ?? null, '000000'),
      tag_last_pushed: pushed,
      media_type: 'application/vnd.oci.image.index.v1+json',
      content_type: 'image',
      digest: push.digest ?? randomDigest(),
      ...push.row,
    };
    repository.tags.set(name, row);
    if (pushed !== null) repository.row.last_updated = pushed;
    return row;
  }

  /** Whether there was such a tag. */
  removeTag(namespace: string, repositoryName: string, name: string): boolean {
    return this.repository(namespace, repositoryName)?.tags.delete(name) ?? false;
  }

  /** Locks the tags that match one of `rules` (all of them when it is empty), or none with `enabled: false`. */
  setImmutable(namespace: string, repositoryName: string, settings: ImmutableTagsSettings): void {
    this.#existing(namespace, repositoryName).immutable = settings;
  }

  #existing(namespace: string, name: string): Repository {
    const repository = this.repository(namespace, name);
    if (repository === undefined) throw new Error(`no repository ${namespace}/${name}`);
    return repository;
  }

  #isGone(repository: Repository): boolean {
    return repository.goneAt !== undefined && this.#now() >= repository.goneAt;
  }
}

function newestOf(tags: TagTable): string | null {
  return tags.page('-last_updated', '', 0, 1).rows[0]?.last_updated ?? null;
}

function dateText(at: Date | string | number | null, moreDecimals: string): string | null {
  if (at === null || typeof at === 'string') return at;
  return new Date(at).toISOString().replace('Z', `${moreDecimals}Z`);
}

function platformImage(
  architecture: string,
  variant: string | null,
  size: number,
  pushed: string | null,
): NonNullable<TagRow['images']>[number] {
  return {
    architecture,
    features: '',
    variant,
    digest: randomDigest(),
    os: 'linux',
    os_features: '',
    os_version: null,
    size,
    status: 'active',
    last_pulled: null,
    last_pushed: pushed,
  };
}

function randomDigest(): string {
  return `sha256:${randomBytes(32).toString('hex')}`;
}
