import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import type { Clock } from '../../async/clock.ts';
import { processSpace } from './processSpace.ts';

/** A claim is renewed so often (ms). */
const beatEvery = 5_000;
/** One that is not renewed for so long (ms), watched all the time, belongs to nobody any more. */
const deadAfter = 4 * beatEvery;

/** Who holds a claim. `space` is missing where it cannot be told, and in claims of earlier versions; see `processSpace`. */
const owner = v.object({ pid: v.number(), host: v.string(), space: v.optional(v.string()) });

/** A claim was taken away, as only happens to a process that stood still, or could not be renewed, so that it may be. */
export class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';

  constructor(cause: unknown) {
    super('The claim is lost.', { cause });
  }
}

/** Things that this process holds until it gives them back or ends. */
export interface Held {
  /** Aborted with a `ClaimLostError`. */
  readonly lost: AbortSignal;
  /** Gives all of them back. */
  release(): Promise<void>;
}

/**
 * Lets only one piece of work at a time, in all windows on this machine, touch a thing. Who wants a thing puts down a file of its own for it,
 * then looks whether it is alone: of two that come together at least one sees the other. The file of a process that has ended, or has not
 * renewed it while it was watched, does not count. That a process has ended is seen only from the machine and the PID namespace that it ran in. (Lock files that go by their age alone take a laptop that slept for a process that died.)
 */
export class Claims {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #space: () => Promise<string | undefined>;
  /** The claims of this object itself, whose owner is surely there. */
  readonly #own = new Set<string>();

  /**
   * @param path is made when the first claim is
   * @param space where the IDs of processes can be compared, by default that of this process (see `processSpace`)
   */
  constructor(path: string, clock: Clock, space: () => Promise<string | undefined> = processSpace) {
    this.#path = path;
    this.#clock = clock;
    this.#space = space;
  }

  /**
   * Claims all of these things, or none. Things are named by any text.
   * @param signal ends the watch over claims that may be dead, which takes up to 20 s
   * @returns what is held, or the things among them that somebody else holds; of two who come at the same moment, neither may get them
   * @throws Error when the folder cannot be written; the signal's reason
   */
  async take(things: readonly string[], signal?: AbortSignal): Promise<Held | readonly string[]> {
    const token = randomBytes(8).toString('hex');
    const names = [...new Set(things)].map((thing) => `${keyOf(thing)}.${token}`);
    const lost = new AbortController();
    let beat: NodeJS.Timeout | undefined;
    let released = false;
    const release = async () => {
      released = true;
      clearInterval(beat);
      try {
        await Promise.all(names.map((name) => rm(join(this.#path, name), { force: true })));
      } finally {
        // A file that cannot be removed is not renewed either, and counts as dead once it has been watched.
        for (const name of names) this.#own.delete(name);
      }
    };
    const renew = async () => {
      const now = new Date();
      try {
        await Promise.all(names.map((name) => utimes(join(this.#path, name), now, now)));
      } catch (error) {
        if (!released) lost.abort(new ClaimLostError(error));
      }
    };
    try {
      await mkdir(this.#path, { recursive: true });
      const space = await this.#space();
      for (const name of names) {
        this.#own.add(name);
        await writeFile(
          join(this.#path, name),
          JSON.stringify({ pid: process.pid, host: hostname(), space } satisfies v.InferOutput<typeof owner>),
          { flag: 'wx' },
        );
      }
      // Already now: whoever comes while a dead claim is watched here must not take this one for dead as well.
      beat = setInterval(() => void renew(), beatEvery);
      beat.unref();
      const taken = await this.#heldAmong(things, new Set(names), (file) => this.#isRenewed(file, signal));
      if (taken.length === 0) {
        // A process that stood still meanwhile may have lost them already.
        await renew();
        if (!lost.signal.aborted) return { lost: lost.signal, release };
      }
      await release();
      return taken.length > 0 ? taken : things;
    } catch (error) {
      await release().catch(() => undefined);
      throw error;
    }
  }

  /** Whether anybody seems to hold a thing, by when its claim was last renewed; does not wait, and only `take` is sure. */
  async isHeld(thing: string): Promise<boolean> {
    return (await this.held([thing])).length > 0;
  }

  /** Which of these things anybody seems to hold; see `isHeld`. @throws Error when the folder cannot be read */
  held(things: readonly string[]): Promise<string[]> {
    const isRecent = async (file: string) => Math.abs(Date.now() - ((await renewedAt(file)) ?? -Infinity)) < deadAfter;
    return this.#heldAmong(things, undefined, isRecent);
  }

  /**
   * The things among these that others hold.
   * @param own the claims of who wants them, who also removes those that are dead
   * @param isAlive tells of a claim whose owner may be running whether it does
   */
  async #heldAmong(
    things: readonly string[],
    own: ReadonlySet<string> | undefined,
    isAlive: (file: string) => Promise<boolean>,
  ): Promise<string[]> {
    const claims = (await namesIn(this.#path)).filter((name) => !own?.has(name));
    const space = claims.length > 0 ? await this.#space() : undefined;
    const isHeld = async (name: string) => {
      if (this.#own.has(name)) return true;
      const file = join(this.#path, name);
      if (!isEnded(await ownerOf(file), space) && (await isAlive(file))) return true;
      if (own) await rm(file, { force: true });
      return false;
    };
    const held = await Promise.all(
      things.map(async (thing) => {
        const start = `${keyOf(thing)}.`;
        return (await Promise.all(claims.filter((name) => name.startsWith(start)).map(isHeld))).includes(true);
      }),
    );
    return things.filter((_, index) => held[index]);
  }

  /** Watches a claim until it is renewed or has not been for too long. Time that this machine sleeps does not count. */
  async #isRenewed(file: string, signal: AbortSignal | undefined): Promise<boolean> {
    const first = await renewedAt(file);
    for (let watched = 0; watched < deadAfter; watched += beatEvery / 5) {
      await this.#clock.sleep(beatEvery / 5, signal);
      const now = await renewedAt(file);
      if (now === undefined) return false;
      if (now !== first) return true;
    }
    return false;
  }
}

function keyOf(thing: string): string {
  return createHash('sha256').update(thing).digest('hex').slice(0, 32);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function ownerOf(file: string): Promise<v.InferOutput<typeof owner> | 'gone' | undefined> {
  try {
    const parsed = v.safeParse(owner, JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}

/**
 * Whether the process of a claim has surely ended. Another one may have its number by now, so a running one proves nothing; nor does a missing one, of
 * another PID namespace or one that cannot be told.
 */
function isEnded(claim: v.InferOutput<typeof owner> | 'gone' | undefined, space: string | undefined): boolean {
  if (claim === 'gone') return true;
  if (claim?.host !== hostname() || space === undefined || claim.space !== space) return false;
  try {
    process.kill(claim.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** @returns `undefined` for a claim that is not there any more; one that only cannot be looked at is not dead */
async function renewedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
