import pLimit from 'p-limit';
import type { Clock } from '../hub/clock.ts';
import { HubError, isHubError } from '../hub/hubError.ts';
import type { Admission } from '../hub/pacer.ts';
import { isDigest, type RegistryClient } from '../hub/registryClient.ts';
import { pauseBefore } from '../hub/retrying.ts';
import type { BatchTag } from '../retention/batch.ts';
import type { RepositoryName } from '../retention/plan.ts';
import { failureOf } from './failureOf.ts';
import type { Journal } from './journal.ts';
import type { Failure } from './outcome.ts';

/** What restoring asks of the registry. */
export type TagRestorer = Pick<RegistryClient, 'digestOf' | 'manifest' | 'putTag'>;

/**
 * How a deleted tag stands before it is restored:
 * - `ready`: its manifest is still there, and its name is free
 * - `there`: its name points at the same manifest already
 * - `taken`: its name points at another image, `digest`, by now
 * - `gone`: the registry does not keep its manifest any more
 * - `noDigest`: nobody knows what it pointed at
 * - `unknown`: the registry fails on it
 */
export type RestoreState =
  | { readonly kind: 'ready' | 'there' | 'gone' | 'noDigest' }
  | { readonly kind: 'taken'; readonly digest: string }
  | { readonly kind: 'unknown'; readonly failure: Failure };

/** A deleted tag, and how it stands. */
export interface Restorable extends BatchTag {
  readonly state: RestoreState;
}

/** How the restoring of one tag ended. `notReached`: something that meets every request, or the user, ended it before. */
export type RestoreOutcome = { readonly kind: 'restored' | 'there' | 'taken' | 'gone' | 'notReached' } | { readonly kind: 'failed'; readonly failure: Failure };

/** What restoring tells while it goes on; each tag gets exactly one. */
export interface RestoreEvent extends BatchTag {
  readonly outcome: RestoreOutcome;
}

const lookUps = 4;
const mostAttempts = 3;

/** Failures that say something about one tag only; every other one would meet all requests. */
const ofOneTag = ['server', 'malformed', 'rejected', 'notFound', 'unsafeName'] as const;

/**
 * Looks up which deleted tags can still be restored. Sends two HEADs a tag at most, which count as no pulls.
 * @throws HubError when the registry cannot be asked at all; the signal's reason
 */
export async function lookBeforeRestore(
  tags: readonly BatchTag[],
  parts: { readonly restorer: TagRestorer; readonly admission: Admission; /** Told how many tags have been looked up. */ readonly onLook?: (done: number) => void },
): Promise<Restorable[]> {
  const { restorer, admission, onLook } = parts;
  const limit = pLimit(lookUps);
  const kept = new Map<string, Promise<boolean>>();
  // The first failure that concerns all ends what has not been asked yet.
  const halted = new AbortController();
  const asking: Admission = { ...admission, signal: admission.signal ? AbortSignal.any([admission.signal, halted.signal]) : halted.signal };
  let done = 0;
  return limit.map(tags, async ({ repository, tag }): Promise<Restorable> => {
    try {
      return { repository, tag, state: await stateOf(repository, tag) };
    } catch (error) {
      if (isHubError(error, ...ofOneTag)) return { repository, tag, state: { kind: 'unknown', failure: failureOf(error) } };
      halted.abort(error);
      throw error;
    } finally {
      onLook?.(++done);
    }
  });

  async function stateOf(repository: RepositoryName, { name, digest }: BatchTag['tag']): Promise<RestoreState> {
    if (digest === undefined || !isDigest(digest)) return { kind: 'noDigest' };
    const current = await restorer.digestOf(repository, name, asking);
    if (current === digest) return { kind: 'there' };
    const key = imageKey({ repository, digest });
    const keeps = kept.get(key) ?? restorer.digestOf(repository, digest, asking).then((found) => found === digest);
    kept.set(key, keeps);
    if (!(await keeps)) return { kind: 'gone' };
    return current === undefined ? { kind: 'ready' } : { kind: 'taken', digest: current };
  }
}

/** What restoring needs. */
export interface RestoreParts {
  readonly restorer: TagRestorer;
  /** Of the run that deleted the tags. */
  readonly journal: Pick<Journal, 'restored'>;
  readonly clock: Clock;
  /** Nothing more is sent after it. */
  readonly admission: Admission & { readonly signal: AbortSignal };
  /** Numbers in [0, 1) for the jitter of pauses. */
  readonly random?: () => number;
}

/**
 * Puts deleted tags back, one after the other: reads each manifest once, by its digest, and puts it under the old names, as it is. A name
 * that points at another image is replaced only where its state says `taken` with just that image, as the user has seen it; a push in the
 * instant between look and PUT cannot be noticed, since a registry knows no conditional PUT.
 * @param tags those that are `ready`, and the `taken` ones that the user wants replaced
 * @throws what the journal throws, after the tag that it could not take down; nothing more is sent then
 */
export async function* restoreTags(tags: readonly Restorable[], parts: RestoreParts): AsyncGenerator<RestoreEvent, void> {
  const { restorer, journal, clock, admission, random } = parts;
  let halted = false;
  const images = Map.groupBy(tags, ({ repository, tag }) => imageKey({ repository, digest: tag.digest ?? '' }));
  for (const ofOne of images.values()) {
    const { repository, tag } = ofOne[0]!;
    // Read when the first name needs it, and forgotten before the next image.
    let reading: ReturnType<TagRestorer['manifest']> | undefined;
    const manifest = () => (reading ??= restorer.manifest(repository, tag.digest!, admission));
    for (const restorable of ofOne) {
      const outcome = await outcomeOf(restorable, manifest);
      // It is back, whether or not that can be written down.
      yield { repository, tag: restorable.tag, outcome };
      if (outcome.kind === 'restored') await journal.restored(repository, restorable.tag.name, tag.digest!);
    }
  }

  async function outcomeOf(restorable: Restorable, manifest: () => ReturnType<TagRestorer['manifest']>): Promise<RestoreOutcome> {
    if (halted || admission.signal.aborted) return { kind: 'notReached' };
    try {
      return { kind: await put(restorable, manifest) };
    } catch (error) {
      if (admission.signal.aborted) return { kind: 'notReached' };
      if (!(error instanceof HubError)) throw error;
      if (error.kind === 'notFound') return { kind: 'gone' };
      halted = !isHubError(error, ...ofOneTag);
      return { kind: 'failed', failure: failureOf(error) };
    }
  }

  async function put({ repository, tag, state }: Restorable, manifest: () => ReturnType<TagRestorer['manifest']>): Promise<'restored' | 'there' | 'taken'> {
    const replaced = state.kind === 'taken' ? state.digest : undefined;
    for (let attempt = 1; ; attempt++) {
      const current = await restorer.digestOf(repository, tag.name, admission);
      // A PUT without an answer may have come through.
      if (current === tag.digest) return attempt === 1 ? 'there' : 'restored';
      if (current !== undefined && current !== replaced) return 'taken';
      const image = await manifest();
      try {
        await restorer.putTag(repository, tag.name, image, admission);
      } catch (error) {
        if (!isHubError(error) || !error.passing || attempt === mostAttempts) throw error;
        await clock.sleep(pauseBefore(attempt, random), admission.signal);
        continue;
      }
      if ((await restorer.digestOf(repository, tag.name, admission)) === tag.digest) return 'restored';
      throw new HubError({ kind: 'malformed', request: 'PUT manifest', serverWords: 'the tag does not point at it' });
    }
  }
}

function imageKey({ repository, digest }: { readonly repository: RepositoryName; readonly digest: string }): string {
  return `${repository.namespace}/${repository.name}@${digest}`;
}
