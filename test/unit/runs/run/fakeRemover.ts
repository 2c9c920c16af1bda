import { HubError } from '../../../../src/hub/wire/hubError.ts';
import type { Admission } from '../../../../src/hub/pacing/pacer.ts';
import type { TagRemover } from '../../../../src/runs/run/tagRemover.ts';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import { comparePushed, type Tag } from '../../../../src/retention/tags/tag.ts';
import type { FakeClock } from '../../fakeClock.ts';

/** A call as the script sees it. */
export interface Call {
  readonly method: 'DELETE' | 'GET' | 'GET repository' | 'GET tags';
  readonly repository: string;
  /** Tag name; empty for a repository and for its list. */
  readonly tag: string;
  /** How many calls of this method for this tag there were, from 1. */
  readonly nth: number;
  readonly admission: Admission;
}

/** An error to be thrown, before the call has its effect or (`after`) once it had. Nothing: the true answer. */
export type Fault = Error | { readonly after: Error } | undefined | void;

/** A Docker Hub in a few maps: deletes what is there, throws what the script says, and remembers the calls. */
export class FakeRemover implements TagRemover {
  readonly calls: string[] = [];
  readonly deleted: string[] = [];
  /** Tags by `namespace/name`; a repository that is not in it is not there. */
  readonly repositories = new Map<string, Map<string, Tag>>();
  /** Deletes in flight: now, and the most that ever were. */
  inFlight = 0;
  maxInFlight = 0;
  readonly #clock: FakeClock;
  readonly #counts = new Map<string, number>();
  readonly #script: (call: Call) => Fault | Promise<Fault>;
  /** Time (ms) that a DELETE takes. */
  readonly #latency: (call: Call) => number;

  constructor(
    clock: FakeClock,
    script: (call: Call) => Fault | Promise<Fault> = () => undefined,
    latency: (call: Call) => number = () => 100,
  ) {
    this.#clock = clock;
    this.#script = script;
    this.#latency = latency;
  }

  /** Puts a repository with these tags there. */
  add(repository: RepositoryName, tags: readonly Tag[]): this {
    this.repositories.set(keyOf(repository), new Map(tags.map((tag) => [tag.name, tag])));
    return this;
  }

  tagsOf(repository: RepositoryName): Map<string, Tag> {
    return this.repositories.get(keyOf(repository))!;
  }

  /** How many calls of a method there were. */
  count(method: Call['method']): number {
    return this.calls.filter((call) => call.startsWith(`${method} `)).length;
  }

  parallelism(most: number): number {
    return most;
  }

  async deleteTag(repository: RepositoryName, tag: Tag, admission: Admission): Promise<void> {
    admission.signal?.throwIfAborted();
    this.maxInFlight = Math.max(this.maxInFlight, ++this.inFlight);
    try {
      await this.#answer('DELETE', repository, tag.name, admission, () => {
        if (!this.repositories.get(keyOf(repository))?.delete(tag.name)) throw notFound();
        this.deleted.push(tag.name);
      });
    } finally {
      this.inFlight--;
    }
  }

  tag(repository: RepositoryName, name: string, admission: Admission): Promise<Tag> {
    return this.#answer('GET', repository, name, admission, () => {
      const tag = this.repositories.get(keyOf(repository))?.get(name);
      if (!tag) throw notFound();
      return tag;
    });
  }

  repository(repository: RepositoryName, admission: Admission): Promise<unknown> {
    return this.#answer('GET repository', repository, '', admission, () => {
      if (!this.repositories.has(keyOf(repository))) throw notFound();
    });
  }

  /** A hundred of the repository's tags, newest first. */
  tagPage(
    repository: RepositoryName,
    admission: Admission,
    target = '0',
  ): Promise<{ rows: readonly Tag[]; next?: string }> {
    return this.#answer('GET tags', repository, '', admission, () => {
      const tags = this.repositories.get(keyOf(repository));
      if (!tags) throw notFound();
      const from = Number(target);
      const rows = [...tags.values()].sort((a, b) => comparePushed(b, a)).slice(from, from + 100);
      return { rows, ...(from + 100 < tags.size && { next: String(from + 100) }) };
    });
  }

  /** The same, but that a DELETE waits for `turn` before it is sent. */
  behind(turn: (tag: Tag) => Promise<void>): TagRemover {
    return {
      parallelism: (most) => most,
      deleteTag: (repository, tag, admission) => turn(tag).then(() => this.deleteTag(repository, tag, admission)),
      tag: (...args) => this.tag(...args),
      tagPage: (...args) => this.tagPage(...args),
      repository: (...args) => this.repository(...args),
    };
  }

  async #answer<T>(
    method: Call['method'],
    repository: RepositoryName,
    tag: string,
    admission: Admission,
    effect: () => T,
  ): Promise<T> {
    if (method !== 'DELETE') admission.signal?.throwIfAborted();
    admission.beforeSend?.();
    const line = `${method} ${tag || keyOf(repository)}`;
    this.calls.push(line);
    const nth = (this.#counts.get(line) ?? 0) + 1;
    this.#counts.set(line, nth);
    const call: Call = { method, repository: keyOf(repository), tag, nth, admission };
    const fault = await this.#script(call);
    await this.#clock.sleep(this.#latency(call));
    if (fault && 'after' in fault) {
      effect();
      throw fault.after;
    }
    if (fault) throw fault;
    return effect();
  }
}

/** A HubError as a client throws it for this status. */
export function refusal(status: number, words?: string): HubError {
  const kind =
    status === 401
      ? 'unauthorized'
      : status === 403
        ? 'forbidden'
        : status === 404
          ? 'notFound'
          : status === 429
            ? 'rateLimited'
            : status >= 500
              ? 'server'
              : 'rejected';
  return new HubError({ kind, status, serverWords: words ?? `status ${status}` });
}

/** A connection that broke. */
export function reset(): HubError {
  return new HubError({ kind: 'network' });
}

function notFound(): HubError {
  return refusal(404, 'object not found');
}

function keyOf({ namespace, name }: RepositoryName): string {
  return `${namespace}/${name}`;
}
