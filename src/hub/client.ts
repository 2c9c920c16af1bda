import * as v from 'valibot';
import { hasMoved } from '../retention/tags/moved.ts';
import type { RepositoryName } from '../retention/tags/repositoryName.ts';
import type { Tag } from '../retention/tags/tag.ts';
import type { Account } from './wire/account.ts';
import type { Clock } from '../async/clock.ts';
import { DeleteRoute, type DeleteForm, type DeletePaths } from './deleteRoute.ts';
import { readDeletionRules, type DeletionRules } from './deletionRules.ts';
import { HubError, isHubError } from './wire/hubError.ts';
import { Pacer, type Admission } from './pacing/pacer.ts';
import { KnownListings } from './listing/knownListings.ts';
import { pages, pageSize, parsePage, type Page } from './listing/pages.ts';
import { pathSegment } from './wire/pathSegment.ts';
import { maxInFlight, ReadAhead } from './listing/readAhead.ts';
import { parseRepositoryRow, type Repository } from './listing/repositoryRow.ts';
import { retrying } from './wire/retrying.ts';
import { rowName } from './listing/rowName.ts';
import type { HubRequest } from './wire/transport.ts';
import type { TagReadAhead } from './listing/tagListing.ts';
import { parseListedTag, parseTagRow, type DetailedTag } from './listing/tagRow.ts';

/** What a client is made of. */
export interface HubClientParts {
  readonly account: Account;
  /** Sends with the account's token; see `Session`. */
  readonly session: { send(request: HubRequest): Promise<unknown> };
  readonly clock: Clock;
  /** Server time minus local time in ms. */
  readonly clockSkew: () => number;
  /** The account's, by default one that knows nothing. */
  readonly pacer?: Pick<Pacer, 'pace' | 'parallelism'>;
  readonly log?: (line: string) => void;
  /** Called whenever `known` holds other lists than before. */
  readonly onKnownChange?: () => void;
}

/** How a page of tags is asked for; both parameters are undocumented hints, and the caller filters and sorts what comes (API-NOTES, 4). */
export interface TagQuery {
  /** Part of the tag name. */
  readonly nameContains?: string;
  readonly ordering?: 'name' | '-name' | 'oldest';
}

const organisation = v.object({ orgname: rowName });

/** Docker Hub as one account sees it. Reads are retried (see `retrying`); deletes are sent once and leave the rest to the run. */
export class HubClient {
  readonly account: Account;
  /** Lists that were read whole a short time ago; of this account and secret, as the client is. */
  readonly known: KnownListings;
  readonly #session: HubClientParts['session'];
  readonly #clock: Clock;
  readonly #clockSkew: () => number;
  readonly #pacer: Pick<Pacer, 'pace' | 'parallelism'>;
  readonly #log: HubClientParts['log'];
  readonly #tagRoute: DeleteRoute;
  readonly #repositoryRoute: DeleteRoute;

  constructor(parts: HubClientParts) {
    this.account = parts.account;
    this.known = new KnownListings(parts.onKnownChange);
    this.#session = parts.session;
    this.#clock = parts.clock;
    this.#clockSkew = parts.clockSkew;
    this.#pacer = parts.pacer ?? new Pacer(parts.clock);
    this.#log = parts.log;
    this.#tagRoute = new DeleteRoute(parts.log);
    this.#repositoryRoute = new DeleteRoute(parts.log);
  }

  /** Server time minus local time in ms, as of the last answer (whole seconds); 0 before the first. */
  get clockSkew(): number {
    return this.#clockSkew();
  }

  /** Requests a second that the server's allowance comes to; Infinity while none is known. */
  get pace(): number {
    return this.#pacer.pace;
  }

  /** How many requests in flight use the allowance at the latency that was measured: at least 2, never more than `most`. */
  parallelism(most: number): number {
    return this.#pacer.parallelism(most);
  }

  /** The instant (ms) that ages count from: the earlier of the local clock and the server's (invariant 2). */
  now(): number {
    return this.#clock.now() + Math.min(this.clockSkew, 0);
  }

  /** The account's own namespace, then those of its organisations where the server tells them (API-NOTES, 2). @throws HubError */
  async namespaces(admission: Admission): Promise<string[]> {
    if (this.account.kind === 'organization') return [this.account.name];
    const found = [this.account.name];
    const first = `/v2/user/orgs?page=1&page_size=${pageSize}`;
    const parseRow = (row: unknown) => {
      const parsed = v.safeParse(organisation, row);
      return parsed.success ? parsed.output.orgname : undefined;
    };
    try {
      for await (const page of pages(first, (target) => this.#page(target, admission, parseRow))) {
        found.push(...page.rows);
      }
    } catch (error) {
      // The route is undocumented: where it is not served, the own namespace is what is known.
      if (!isHubError(error, 'notFound', 'forbidden', 'rejected')) throw error;
      this.#log?.('The list of organisations is not served here.');
    }
    return [...new Set(found)];
  }

  /** One page of a namespace's repositories. @param target `next` of the page before; by default the first page. @throws HubError */
  repositoryPage(namespace: string, admission: Admission, target?: string): Promise<Page<Repository>> {
    target ??= `/v2/namespaces/${pathSegment(namespace)}/repositories?page=1&page_size=${pageSize}`;
    return this.#page(target, admission, (row) => parseRepositoryRow(row, namespace));
  }

  /** All pages of a namespace's repositories. @throws HubError; `incomplete` when not all could be read, also where some came twice in place of others */
  async *repositoryPages(namespace: string, admission: Admission): AsyncGenerator<Page<Repository>, void> {
    const first = `/v2/namespaces/${pathSegment(namespace)}/repositories?page=1&page_size=${pageSize}`;
    const names = new Set<string>();
    let expected: number | undefined;
    for await (const page of pages(first, (target) => this.repositoryPage(namespace, admission, target))) {
      for (const { name } of page.rows) names.add(name);
      expected = page.count ?? expected;
      yield page;
    }
    // A push while the list is read brings its repository to a page that was read already.
    if (expected !== undefined && names.size < expected) {
      throw new HubError({
        kind: 'incomplete',
        request: 'GET repositories',
        reason: 'listChanged',
        read: names.size,
        expected,
      });
    }
  }

  /** One repository. @throws HubError; `notFound` when there is none that this account may see */
  async repository(repository: RepositoryName, admission: Admission): Promise<Repository> {
    const target = repositoryPath(repository);
    const found = parseRepositoryRow(await this.#get(target, admission), repository.namespace);
    if (found?.name !== repository.name) {
      throw new HubError({ kind: 'malformed', request: `GET ${target}`, reason: 'notTheRepository' });
    }
    return found;
  }

  /**
   * Which tags of a repository are immutable, and what it stores, in one request. Nothing is known where this account may not see it: Docker Hub itself
   * then refuses to delete immutable tags.
   * @throws HubError; `malformed` for rules that cannot be read
   */
  async deletionRules(repository: RepositoryName, admission: Admission): Promise<DeletionRules> {
    const target = repositoryPath(repository);
    try {
      return await readDeletionRules(await this.#get(target, admission), repository, `GET ${target}`);
    } catch (error) {
      if (isHubError(error, 'forbidden')) return {};
      throw error;
    }
  }

  /** One page of a repository's tags. @param target `next` of the page before; by default the first page. @throws HubError */
  async tagPage(
    repository: RepositoryName,
    admission: Admission,
    target?: string,
    query: TagQuery = {},
  ): Promise<Page<DetailedTag>> {
    if (target !== undefined) return this.#page(target, admission, parseTagRow);
    const { nameContains, ordering } = query;
    if (ordering !== 'oldest') return this.#firstTagPage(repository, admission, nameContains, ordering);
    // Sources disagree on which sign means the oldest first (API-NOTES, 3), so what came tells.
    const page = await this.#firstTagPage(repository, admission, nameContains, '-last_updated');
    return page.next === undefined || isOldestFirst(page.rows)
      ? page
      : this.#firstTagPage(repository, admission, nameContains, 'last_updated');
  }

  async #firstTagPage(
    repository: RepositoryName,
    admission: Admission,
    nameContains?: string,
    ordering?: string,
  ): Promise<Page<DetailedTag>> {
    const parameters = new URLSearchParams({ page: '1', page_size: String(pageSize) });
    if (nameContains) parameters.set('name', nameContains);
    if (ordering) parameters.set('ordering', ordering);
    try {
      return await this.#page(`${repositoryPath(repository)}/tags?${parameters.toString()}`, admission, parseTagRow);
    } catch (error) {
      // The order is only a hint: a server that does not know it gives its own.
      if (!ordering || !isHubError(error, 'rejected')) throw error;
      return this.#firstTagPage(repository, admission, nameContains);
    }
  }

  /**
   * All pages of a repository's tags, in the server's order. Where `ahead` is given, up to 8 are asked for at a time (see `ReadAhead`); what is on
   * its way is cancelled when the reading ends early.
   * @throws HubError; `incomplete` when not all could be read
   */
  async *tagPages(
    repository: RepositoryName,
    admission: Admission,
    ahead?: TagReadAhead,
  ): AsyncGenerator<Page<Tag>, void> {
    const first = `${repositoryPath(repository)}/tags?page=1&page_size=${pageSize}`;
    const fetchPage = (target: string, signal = admission.signal) =>
      this.#page(target, { ...admission, signal }, parseListedTag);
    const parts = ahead && {
      ...ahead,
      parallelism: () => this.#pacer.parallelism(maxInFlight),
      fetchPage: (target: string, signal: AbortSignal) =>
        fetchPage(target, admission.signal ? AbortSignal.any([admission.signal, signal]) : signal),
    };
    yield* pages(first, fetchPage, parts && new ReadAhead(parts));
  }

  /** One tag as it is now. @throws HubError; `notFound` when there is none */
  async tag(repository: RepositoryName, name: string, admission: Admission): Promise<DetailedTag> {
    const target = `${repositoryPath(repository)}/tags/${pathSegment(name)}`;
    const found = parseTagRow(await this.#get(target, admission));
    if (!found || found.name !== name) {
      throw new HubError({ kind: 'malformed', request: `GET ${target}`, reason: 'notTheTag' });
    }
    return found;
  }

  /**
   * Sends one DELETE for a tag and never a second one after an answer that leaves it open whether the first succeeded.
   * @returns the route by which Docker Hub answered 204; whether that had an effect only a look tells (API-NOTES, 5)
   * @throws HubError; `notFound` when there is none, `immutable` when it is locked, `network` or `timeout` when no answer came, `malformed`
   *   (in doubt) for a success other than 204: something else may have answered; `routeGone` when neither route is served
   */
  deleteTag(repository: RepositoryName, tag: Tag, admission: Admission): Promise<DeleteForm> {
    const paths = tagPaths(repository, tag);
    this.known.forget(repository);
    const { beforeSend: _, ...looking } = admission;
    const stillThere = () => ifFound(this.tag(repository, tag.name, looking).then((found) => !hasMoved(tag, found)));
    return this.#answeredBy(paths, admission, (send) => this.#tagRoute.delete(paths, send, stillThere));
  }

  /**
   * Sends one DELETE for a tag by the route that is not in use, and uses that from then on where it answers 204. For a tag that the caller has just
   * found to be there, unchanged, although the route in use said that it was not or that it was deleted.
   * @returns the route by which Docker Hub answered 204
   * @throws HubError as `deleteTag`, but never `routeGone`
   */
  deleteTagByOtherRoute(repository: RepositoryName, tag: Tag, admission: Admission): Promise<DeleteForm> {
    const paths = tagPaths(repository, tag);
    this.known.forget(repository);
    return this.#answeredBy(paths, admission, (send) => this.#tagRoute.deleteByOther(paths, send));
  }

  /** Sends one DELETE for a whole repository; Docker Hub queues it (API-NOTES, 7). @throws HubError */
  deleteRepository(repository: RepositoryName, admission: Admission): Promise<void> {
    this.known.forget(repository);
    return this.#repositoryRoute.delete(
      { namespaces: repositoryPath(repository), legacy: legacyPath(repository) },
      (path) => this.#session.send({ ...admission, method: 'DELETE', target: path }),
      () => ifFound(this.repository(repository, admission).then(() => true)),
    );
  }

  /** Sends DELETEs of a tag, the last of which succeeds. @returns the form of its path */
  async #answeredBy(
    paths: DeletePaths,
    admission: Admission,
    work: (send: (path: string) => Promise<void>) => Promise<void>,
  ): Promise<DeleteForm> {
    let form: DeleteForm = 'namespaces';
    await work(async (target) => {
      await this.#session.send({ ...admission, method: 'DELETE', target, successStatus: 204 });
      form = target === paths.legacy ? 'legacy' : 'namespaces';
    });
    return form;
  }

  #get(target: string, admission: Admission): Promise<unknown> {
    return retrying({ ...admission, clock: this.#clock }, (again) =>
      this.#session.send({ ...admission, again, method: 'GET', target }),
    );
  }

  async #page<T>(target: string, admission: Admission, parseRow: (row: unknown) => T | undefined): Promise<Page<T>> {
    return parsePage(await this.#get(target, admission), `GET ${target.replace(/[?].*/, '')}`, parseRow);
  }
}

function repositoryPath({ namespace, name }: RepositoryName): string {
  return `/v2/namespaces/${pathSegment(namespace)}/repositories/${pathSegment(name)}`;
}

/** With the trailing slash that this form wants (API-NOTES, 5). */
function legacyPath({ namespace, name }: RepositoryName): string {
  return `/v2/repositories/${pathSegment(namespace)}/${pathSegment(name)}/`;
}

function tagPaths(repository: RepositoryName, { name }: Tag): DeletePaths {
  const segment = pathSegment(name);
  return {
    namespaces: `${repositoryPath(repository)}/tags/${segment}`,
    legacy: `${legacyPath(repository)}tags/${segment}/`,
  };
}

async function ifFound(lookUp: Promise<boolean>): Promise<boolean> {
  try {
    return await lookUp;
  } catch (error) {
    if (isHubError(error, 'notFound')) return false;
    throw error;
  }
}

function isOldestFirst(tags: readonly Tag[]): boolean {
  const dates = tags.flatMap(({ pushedAt }) => pushedAt ?? []);
  return dates.length < 2 || dates[0]! <= dates.at(-1)!;
}
