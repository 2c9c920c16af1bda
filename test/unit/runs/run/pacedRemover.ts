import { HubError } from '../../../../src/hub/wire/hubError.ts';
import { Pacer, type Admission } from '../../../../src/hub/pacing/pacer.ts';
import { retrying } from '../../../../src/hub/wire/retrying.ts';
import type { TagRemover } from '../../../../src/runs/run/tagRemover.ts';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import type { FakeClock } from '../../fakeClock.ts';
import type { FakeRemover } from './fakeRemover.ts';

const window = 60_000;

/** A remover behind a pacer, whose server takes so many requests a minute and tells so; one more is a 429. */
export class PacedRemover implements TagRemover {
  readonly #remover: FakeRemover;
  readonly #clock: FakeClock;
  readonly #pacer: Pacer;
  readonly #limit: number;
  #window = 0;
  #used = 0;

  constructor(remover: FakeRemover, clock: FakeClock, limit: number) {
    this.#remover = remover;
    this.#clock = clock;
    this.#limit = limit;
    this.#pacer = new Pacer(clock, () => 0.5);
  }

  parallelism(most: number): number {
    return this.#pacer.parallelism(most);
  }

  deleteTag(repository: RepositoryName, tag: Tag, admission: Admission): Promise<void> {
    return this.#paced(admission, (sent) => this.#remover.deleteTag(repository, tag, sent));
  }

  tag(repository: RepositoryName, name: string, admission: Admission): Promise<Tag> {
    return this.#read(admission, (sent) => this.#remover.tag(repository, name, sent));
  }

  repository(repository: RepositoryName, admission: Admission): Promise<unknown> {
    return this.#read(admission, (sent) => this.#remover.repository(repository, sent));
  }

  tagPage(repository: RepositoryName, admission: Admission, target?: string): ReturnType<TagRemover['tagPage']> {
    return this.#read(admission, (sent) => this.#remover.tagPage(repository, sent, target));
  }

  /** Retried as a client does. */
  #read<T>(admission: Admission, send: (admission: Admission) => Promise<T>): Promise<T> {
    return retrying({ ...admission, clock: this.#clock }, (again) => this.#paced({ ...admission, again }, send));
  }

  async #paced<T>(admission: Admission, send: (admission: Admission) => Promise<T>): Promise<T> {
    const settle = await this.#pacer.admit(admission);
    try {
      admission.signal?.throwIfAborted();
      admission.beforeSend?.();
    } catch (reason) {
      settle('unsent');
      throw reason;
    }
    const current = Math.floor(this.#clock.now() / window);
    if (current !== this.#window) [this.#window, this.#used] = [current, 0];
    const refused = ++this.#used > this.#limit;
    const headers = new Headers({
      'x-ratelimit-limit': String(this.#limit),
      'x-ratelimit-remaining': String(Math.max(0, this.#limit - this.#used)),
      'x-ratelimit-reset': String(((current + 1) * window) / 1000),
    });
    try {
      if (refused) throw new HubError({ kind: 'rateLimited', status: 429 });
      const { beforeSend: _, ...sent } = admission;
      return await send(sent);
    } finally {
      settle({ headers, status: refused ? 429 : 200 });
    }
  }
}
