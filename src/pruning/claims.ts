import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import type { Clock } from '../hub/clock.ts';

/** A claim is renewed so often (ms). */
const beatEvery = 5_000;
/** One that is not renewed for so long (ms), watched all the time, belongs to nobody any more. */
const deadAfter = 4 * beatEvery;

const owner = v.object({ pid: v.number(), host: v.string() });

/** Things that this process holds until it gives them back or ends. */
export interface Held {
  /** Aborted when the claim was taken away, as only happens to a process that stood still. */
  readonly lost: AbortSignal;
  /** Gives all of them back. */
  release(): Promise<void>;
}

/**
 * Lets only one piece of work at a time, in all windows on this machine, touch a thing. Who wants a thing puts down a file of its own for it,
 * then looks whether it is alone: of two that come together at least one sees the other. The file of a process that has ended, or has not
 * renewed it while it was watched, does not count. (Lock files that go by their age alone take a laptop that slept for a process that died.)
 */
export class Claims {
  readonly #path: string;
  readonly #clock: Clock;
  /** The claims of this object itself, whose owner is surely there. */
  readonly #own = new Set<string>();

  /** @param path is made when the first claim is */
  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /**
   * Claims all of these things, or none. Things are named by any text.
   * @param signal ends the watch over claims that may be dead, which takes up to 20 s
   * @returns what is held, or the things among them that somebody else holds
   * @throws Error when the folder cannot be written
   */
  async take(things: readonly string[], signal?: AbortSignal): Promise<Held | readonly string[]> {
    const token = randomBytes(8).toString('hex');
    const names = things.map((thing) => `${keyOf(thing)}.${token}`);
    const release = async () => {
      await Promise.all(names.map((name) => rm(join(this.#path, name), { force: true })));
      for (const name of names) this.#own.delete(name);
    };
    try {
      await mkdir(this.#path, { recursive: true });
      for (const name of names) {
        this.#own.add(name);
        await writeFile(join(this.#path, name), JSON.stringify({ pid: process.pid, host: hostname() } satisfies v.InferOutput<typeof owner>), { flag: 'wx' });
      }
      const taken: string[] = [];
      for (const [index, thing] of things.entries()) if (await this.#isHeldByOther(thing, names[index], (file) => this.#isRenewed(file, signal))) taken.push(thing);
      if (taken.length === 0) return this.#hold(names, release);
      await release();
      return taken;
    } catch (error) {
      await release().catch(() => undefined);
      throw error;
    }
  }

  /** Whether anybody seems to hold a thing, by when its claim was last renewed; does not wait, and only `take` is sure. */
  async isHeld(thing: string): Promise<boolean> {
    return this.#isHeldByOther(thing, undefined, async (file) => Math.abs(Date.now() - ((await renewedAt(file)) ?? -Infinity)) < deadAfter);
  }

  #hold(names: readonly string[], release: () => Promise<void>): Held {
    const lost = new AbortController();
    const beat = setInterval(() => {
      const now = new Date();
      void Promise.all(names.map((name) => utimes(join(this.#path, name), now, now))).catch(() => lost.abort());
    }, beatEvery);
    beat.unref();
    return {
      lost: lost.signal,
      release: async () => {
        clearInterval(beat);
        await release();
      },
    };
  }

  /** @param isAlive tells of a claim whose owner may be running whether it does */
  async #isHeldByOther(thing: string, own: string | undefined, isAlive: (file: string) => Promise<boolean>): Promise<boolean> {
    for (const name of await namesIn(this.#path)) {
      if (!name.startsWith(`${keyOf(thing)}.`) || name === own) continue;
      if (this.#own.has(name)) return true;
      const file = join(this.#path, name);
      if (!isEnded(await ownerOf(file)) && (await isAlive(file))) return true;
      if (own !== undefined) await rm(file, { force: true });
    }
    return false;
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

/** Whether the process of a claim has surely ended. Another one may have its number by now, so a running one proves nothing. */
function isEnded(claim: v.InferOutput<typeof owner> | 'gone' | undefined): boolean {
  if (claim === 'gone') return true;
  if (claim?.host !== hostname()) return false;
  try {
    process.kill(claim.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function renewedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}
