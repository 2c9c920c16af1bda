import { HubError, isHubError } from '../../hub/wire/hubError.ts';
import type { Admission } from '../../hub/pacing/pacer.ts';
import { pages, pageSize } from '../../hub/listing/pages.ts';
import { listTags } from '../../hub/listing/tagListing.ts';
import type { Plan } from '../../retention/plan/plan.ts';
import { eachSliced, type Sliced } from '../../async/sliced.ts';
import type { Tag } from '../../retention/tags/tag.ts';
import { inSlices } from '../../async/inSlices.ts';
import { lookUpTag, type Found } from './lookUpTag.ts';
import type { TagRemover } from './tagRemover.ts';

/** Tags of a streak that are looked up one by one at least, before the list is read. */
const minLookUps = 3;

/** What it takes to find out which tags are gone. */
export interface GoneTagsParts {
  readonly plan: Plan;
  readonly remover: Pick<TagRemover, 'tag' | 'tagPage' | 'repository'>;
  readonly admission: Admission;
  /** Told of each tag that a look-up found, and of the instant (ms) at which it was asked for. */
  readonly onFound: (planned: Tag, found: Tag, askedAt: number) => void;
  readonly now: () => number;
}

/**
 * Finds out about tags whose DELETE was answered as if they were not there: none is *already gone* without a look-up of its own, or a look at the
 * whole list that lacks it (invariant 6). The first of a streak are looked up; once that has cost as many requests as the list has pages, the list
 * is read, and answers for all that it lacks. A tag that it shows is looked up all the same.
 */
export class GoneTags {
  readonly #parts: GoneTagsParts;
  /** The names of the last list that was read whole. */
  #listed: ReadonlySet<string> | undefined;
  #listing: Promise<void> | undefined;
  /** Look-ups since the streak began, or since the list was read. */
  #lookUps = 0;
  #repository: Promise<unknown> | undefined;
  /** Pages that may still be read: never more than the requests which that could save. */
  #pagesLeft: number;

  constructor(parts: GoneTagsParts) {
    this.#parts = parts;
    this.#pagesLeft = parts.plan.going.length;
  }

  /** Whether a whole list was read that lacks this tag. */
  lacks({ name }: Tag): boolean {
    return this.#listed !== undefined && !this.#listed.has(name);
  }

  /** A DELETE had its effect, or a tag was found: the streak is over. */
  endStreak(): void {
    this.#lookUps = 0;
    this.#repository = undefined;
  }

  /** How a tag stands whose DELETE was answered as if it were not there. @throws HubError where that cannot be looked up; the signal's reason */
  async find(tag: Tag): Promise<Found> {
    if (this.lacks(tag)) return 'gone';
    const { plan } = this.#parts;
    if (this.#lookUps >= Math.max(minLookUps, Math.ceil(plan.verdicts.length / pageSize)) && this.#pagesLeft > 0) {
      await (this.#listing ??= this.#readList().finally(() => (this.#listing = undefined)));
      if (this.lacks(tag)) return 'gone';
    }
    this.#lookUps++;
    return this.#lookUp(tag);
  }

  async #lookUp(tag: Tag): Promise<Found> {
    const { plan, remover, admission, onFound, now } = this.#parts;
    let askedAt = now();
    const ofStreak: Pick<TagRemover, 'tag' | 'repository'> = {
      tag: (...args) => remover.tag(...args),
      repository: (...args) => (this.#repository ??= remover.repository(...args)),
    };
    try {
      const found = await lookUpTag(ofStreak, plan.repository, tag.name, {
        ...admission,
        beforeSend: () => (askedAt = now()),
      });
      if (typeof found === 'object') {
        this.endStreak();
        onFound(tag, found, askedAt);
      }
      return found;
    } catch (error) {
      this.#repository = undefined;
      throw error;
    }
  }

  async #readList(): Promise<void> {
    const { plan, remover, admission, now } = this.#parts;
    let count: number | undefined;
    const fetchPage = async (target: string) => {
      if (this.#pagesLeft-- <= 0) throw new HubError({ kind: 'incomplete', request: 'GET tags' });
      const page = await remover.tagPage(plan.repository, admission, target || undefined);
      count = page.count ?? count;
      return page;
    };
    try {
      const { tags } = await listTags({ now, tagPages: () => pages('', fetchPage) }, plan.repository, admission);
      if (count !== undefined && tags.length < count) {
        throw new HubError({ kind: 'incomplete', request: 'GET tags', read: tags.length, expected: count });
      }
      const names = await inSlices(namesOf(tags), admission.signal);
      // A list that is cut off or empty by mistake would make everything gone, so one of the tags that it lacks is looked up.
      const sample = plan.going.findLast(({ name }) => !names.has(name));
      if (sample && (await this.#lookUp(sample)) !== 'gone') {
        throw new HubError({ kind: 'incomplete', request: 'GET tags' });
      }
      this.#listed = names;
      this.#lookUps = 0;
    } catch (error) {
      if (!isHubError(error)) throw error;
      // Single look-ups tell as well, and what is the matter where they fail, too.
      this.#pagesLeft = 0;
    }
  }
}

function* namesOf(tags: readonly Tag[]): Sliced<Set<string>> {
  const names = new Set<string>();
  yield* eachSliced(tags, ({ name }) => names.add(name));
  return names;
}
