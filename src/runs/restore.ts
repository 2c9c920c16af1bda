import pLimit from 'p-limit';
import type { Clock } from '../async/clock.ts';
import { HubError, isHubError } from '../hub/wire/hubError.ts';
import type { Admission } from '../hub/pacing/pacer.ts';
import { isDigest, type Manifest, type RegistryClient } from '../hub/registryClient.ts';
import { pauseBefore } from '../hub/wire/retrying.ts';
import { plainText } from '../hub/wire/serverWords.ts';
import type { BatchTag } from '../retention/plan/batch.ts';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';
import { eachSliced, type Sliced } from '../async/sliced.ts';
import { deletionOrder, findSubjects } from '../retention/plan/subjects.ts';
import { toFailure } from './outcome/toFailure.ts';
import type { Journal } from './journal/journal.ts';
import { inSlices } from '../async/inSlices.ts';
import type { Failure } from './outcome/outcome.ts';

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

/**
 * How the restoring of one tag ended. `notReached`: something that meets every request, or the user, ended it before. `uncertain`: a PUT was sent that
 * may have come through, and no look-up said whether it did.
 */
export type RestoreOutcome =
  | { readonly kind: 'restored' | 'there' | 'taken' | 'gone' | 'notReached' }
  | { readonly kind: 'failed' | 'uncertain'; readonly failure: Failure };

/** What restoring tells while it goes on; each tag gets exactly one. */
export interface RestoreEvent extends BatchTag {
  readonly outcome: RestoreOutcome;
}

const lookUps = 4;
const maxAttempts = 3;
/** Looks at a tag after its PUT, with pauses that double from 1 s, while none tells what it came to. */
const maxLooks = 3;
/** How long (ms) a look after a cancel may take: as long as the answer to a request that is under way is awaited (invariant 8). */
const lastLook = 15_000;

/** Failures that say something about one tag only; every other one would meet all requests. */
const ofOneTag = ['server', 'malformed', 'rejected', 'notFound', 'unsafeName'] as const;

/**
 * Looks up which deleted tags can still be restored. Sends two HEADs a tag at most, which count as no pulls.
 * @throws HubError when the registry cannot be asked at all; the signal's reason
 */
export async function lookBeforeRestore(
  tags: readonly BatchTag[],
  parts: {
    readonly restorer: TagRestorer;
    readonly admission: Admission;
    /** Told how many tags have been looked up. */ readonly onLook?: (done: number) => void;
  },
): Promise<Restorable[]> {
  const { restorer, admission, onLook } = parts;
  const limit = pLimit(lookUps);
  const kept = new Map<string, Promise<boolean>>();
  // The first failure that concerns all ends what has not been asked yet.
  const halted = new AbortController();
  const asking: Admission = {
    ...admission,
    signal: admission.signal ? AbortSignal.any([admission.signal, halted.signal]) : halted.signal,
  };
  let done = 0;
  return limit.map(tags, async ({ repository, tag }): Promise<Restorable> => {
    try {
      return { repository, tag, state: await stateOf(repository, tag) };
    } catch (error) {
      if (isHubError(error, ...ofOneTag)) {
        return { repository, tag, state: { kind: 'unknown', failure: toFailure(error) } };
      }
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
  /** After its signal nothing more is put. Where a PUT was under way or just answered, one look says what it came to. */
  readonly admission: Admission & { readonly signal: AbortSignal };
  /** Numbers in [0, 1) for the jitter of pauses. */
  readonly random?: () => number;
}

/**
 * Puts deleted tags back, one after the other: reads each manifest once, by its digest, and puts it under the old names, as it is. A name
 * that points at another image is replaced only where its state says `taken` with just that image, as the user has seen it; a push in the
 * instant between look and PUT cannot be noticed, since a registry knows no conditional PUT. What a PUT came to is looked up, however it was answered.
 * Attachments come right behind the tags of their image, so that what ends early leaves no signature without its image.
 * @param tags those that are `ready`, the `taken` ones that the user wants replaced, and those that are `there`, for which nothing is sent: that they
 *   are back is only taken down
 * @throws what the journal throws, after the tag that it could not take down; nothing more is sent then
 */
export async function* restoreTags(
  tags: readonly Restorable[],
  parts: RestoreParts,
): AsyncGenerator<RestoreEvent, void> {
  const { restorer, journal, clock, admission, random } = parts;
  let halted = false;
  const images = Map.groupBy(await inSlices(inRestoringOrder(tags)), ({ repository, tag }) =>
    imageKey({ repository, digest: tag.digest ?? '' }),
  );
  for (const ofOne of images.values()) {
    const { repository, tag } = ofOne[0]!;
    // Read when the first name needs it, and forgotten before the next image.
    let reading: ReturnType<TagRestorer['manifest']> | undefined;
    const manifest = () => (reading ??= restorer.manifest(repository, tag.digest!, admission));
    for (const restorable of ofOne) {
      const outcome = await outcomeOf(restorable, manifest);
      // It is back, whether or not that can be written down.
      yield { repository, tag: restorable.tag, outcome };
      if (outcome.kind === 'restored' || outcome.kind === 'there') {
        await journal.restored(repository, restorable.tag.name, tag.digest!);
      }
    }
  }

  async function outcomeOf(
    restorable: Restorable,
    manifest: () => ReturnType<TagRestorer['manifest']>,
  ): Promise<RestoreOutcome> {
    if (admission.signal.aborted) return { kind: 'notReached' };
    if (restorable.state.kind === 'there') return { kind: 'there' };
    if (halted) return { kind: 'notReached' };
    try {
      return await put(restorable, manifest);
    } catch (error) {
      if (admission.signal.aborted) return { kind: 'notReached' };
      if (!(error instanceof HubError)) throw error;
      return failed(error);
    }
  }

  /** @throws what a request throws before anything was put, and the signal's reason where nothing was */
  async function put(
    { repository, tag, state }: Restorable,
    manifest: () => ReturnType<TagRestorer['manifest']>,
  ): Promise<RestoreOutcome> {
    const isTaken = (digest: string | undefined) =>
      digest !== undefined && !(state.kind === 'taken' && state.digest === digest);
    const before = await restorer.digestOf(repository, tag.name, admission);
    if (before === tag.digest) return { kind: 'there' };
    if (isTaken(before)) return { kind: 'taken' };
    const image = await manifest();
    for (let attempt = 1; ; attempt++) {
      const refusal = await sendPut(repository, tag.name, image);
      const isOpen = !refusal || mayHaveComeThrough(refusal);
      const mayRepeat = refusal?.passing === true && attempt < maxAttempts;
      if (!isOpen && !mayRepeat) return failed(refusal);
      if (refusal) await pause(attempt);
      if (!isOpen && admission.signal.aborted) return { kind: 'notReached' };
      // Also where nothing was put: the next PUT is to meet the name as it is just before.
      const found = await lookAfterPut(repository, tag.name, !refusal);
      if ('failure' in found) return isOpen ? { kind: 'uncertain', failure: found.failure } : { kind: 'notReached' };
      if (found.digest === tag.digest) return { kind: 'restored' };
      if (!refusal) return failed(new HubError({ kind: 'malformed', request: 'PUT manifest', reason: 'notRestored' }));
      if (isTaken(found.digest)) return { kind: 'taken' };
      if (!mayRepeat) return failed(refusal);
      if (admission.signal.aborted) return { kind: 'notReached' };
    }
  }

  /** Sends one PUT. @returns why it was not accepted, if it was not */
  async function sendPut(repository: RepositoryName, name: string, image: Manifest): Promise<HubError | undefined> {
    try {
      await restorer.putTag(repository, name, image, admission);
      return undefined;
    } catch (error) {
      if (isHubError(error)) return error;
      throw error;
    }
  }

  /**
   * Looks up what a tag points at after its PUT: again where that fails and, where the PUT was accepted, where there is no tag yet. After a cancel
   * once only, so that what was sent is accounted for.
   * @returns the digest, or why none of the looks told
   */
  async function lookAfterPut(
    repository: RepositoryName,
    name: string,
    isAccepted: boolean,
  ): Promise<{ readonly digest: string | undefined } | { readonly failure: Failure }> {
    for (let look = 1; ; look++) {
      const isLast = admission.signal.aborted;
      const signal = isLast ? AbortSignal.timeout(lastLook) : admission.signal;
      try {
        const digest = await restorer.digestOf(repository, name, { ...admission, signal });
        if (digest !== undefined || !isAccepted || isLast || look >= maxLooks) return { digest };
      } catch (error) {
        const wasCancelled = !isLast && admission.signal.aborted;
        if (!isHubError(error) && !wasCancelled) {
          return { failure: { kind: 'interrupted', ...(!isLast && { words: plainText(String(error)) }) } };
        }
        if (isHubError(error) && (isLast || look >= maxLooks || !(error.passing || error.kind === 'malformed'))) {
          halted ||= !isHubError(error, ...ofOneTag);
          return { failure: toFailure(error) };
        }
      }
      await pause(look);
    }
  }

  /** Waits longer after each failure; a cancel ends it. */
  async function pause(failures: number): Promise<void> {
    await clock.sleep(pauseBefore(failures, random), admission.signal).catch(() => undefined);
  }

  function failed(error: HubError): RestoreOutcome {
    if (error.kind === 'notFound') return { kind: 'gone' };
    halted ||= !isHubError(error, ...ofOneTag);
    return { kind: 'failed', failure: toFailure(error) };
  }
}

/** The tags as given, repository by repository, but attachments right behind the last tag that holds their subject. */
function* inRestoringOrder(tags: readonly Restorable[]): Sliced<readonly Restorable[]> {
  const ordered: Restorable[] = [];
  for (const ofOne of Map.groupBy(tags, ({ repository }) => fullName(repository)).values()) {
    const subjects = yield* findSubjects(ofOne.map(({ tag }) => tag));
    yield* eachSliced(yield* deletionOrder(ofOne.length, subjects), (place) => ordered.push(ofOne[place]!));
  }
  return ordered;
}

/** Whether a PUT may have come through although it was not answered as one that did; into a repository with immutable tags some do (API-NOTES, 5). */
function mayHaveComeThrough(error: HubError): boolean {
  return error.inDoubt || error.kind === 'server' || error.kind === 'immutable';
}

function imageKey({ repository, digest }: { readonly repository: RepositoryName; readonly digest: string }): string {
  return `${fullName(repository)}@${digest}`;
}
