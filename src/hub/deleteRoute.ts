import pLimit from 'p-limit';
import { HubError, isHubError } from './wire/hubError.ts';

/** The two paths that the same thing may be deleted under. */
export interface DeletePaths {
  readonly namespaces: string;
  readonly legacy: string;
}

/** One of the two forms of a DELETE's path. */
export type DeleteForm = keyof DeletePaths;

/** Look-ups in a row that found nothing, after which a refusal is passed on without another one: somebody emptied the repository. */
const maxAbsent = 3;

/**
 * Which of Docker Hub's two delete routes works. No document settles it (API-NOTES, 5), so the `/v2/namespaces` form goes first; only when
 * it answers 404, 405 or 410 for something that a GET still finds is the other form tried, and kept for as long as this object lives once it
 * has worked. Whether a success had an effect is for the caller to find out.
 */
export class DeleteRoute {
  readonly #log: ((line: string) => void) | undefined;
  /** What many DELETEs in flight are refused for is found out once. */
  readonly #alone = pLimit(1);
  #form: DeleteForm = 'namespaces';
  #proven = false;
  #absentInRow = 0;
  /** Times that both forms were found to be gone, and the error of the last. */
  #timesGone = 0;
  #gone: HubError | undefined;

  constructor(log?: (line: string) => void) {
    this.#log = log;
  }

  /**
   * Deletes by the form in use, or by the other one where that is not served.
   * @param send sends the DELETE to a path
   * @param stillThere looks the thing up; must say `false` when it is not the same thing any more
   * @throws what `send` throws, or HubError `routeGone` when both forms are refused for something that is there
   */
  async delete(
    paths: DeletePaths,
    send: (path: string) => Promise<unknown>,
    stillThere: () => Promise<boolean>,
  ): Promise<void> {
    const form = this.#form;
    const timesGone = this.#timesGone;
    try {
      await send(paths[form]);
    } catch (error) {
      if (!isOfRoute(error) || (error.status === 404 && this.#proven && form === this.#form)) throw error;
      return this.#alone(() => this.#deleteRefused({ paths, send, stillThere, form, timesGone, refusal: error }));
    }
    this.#prove(form);
  }

  /**
   * Deletes by the form that is not in use, and uses it from then on where that succeeds: for a thing that the caller has just found to be there
   * although the form in use answered as if it were gone.
   * @throws what `send` throws
   */
  async deleteByOther(paths: DeletePaths, send: (path: string) => Promise<unknown>): Promise<void> {
    const form = otherOf(this.#form);
    await send(paths[form]);
    this.#use(form);
  }

  async #deleteRefused({ paths, send, stillThere, form, timesGone, refusal }: Refused): Promise<void> {
    // Found out while this one was on its way or waited.
    if (this.#gone && this.#timesGone > timesGone) throw goneError(this.#gone);
    if (this.#absentInRow >= maxAbsent && form === this.#form) throw refusal;
    const found = await lookUp(stillThere);
    this.#absentInRow = found === false ? this.#absentInRow + 1 : 0;
    if (found !== true) throw refusal;
    const other = otherOf(form);
    try {
      await send(paths[other]);
    } catch (error) {
      // After a 410, which speaks of the route itself, an account that may not use the other form has none left.
      const isWithoutRight = refusal.status === 410 && isHubError(error, 'forbidden');
      if (!isWithoutRight && (!isOfRoute(error) || (await lookUp(stillThere)) !== true)) throw error;
      this.#gone = goneError(refusal.status === 410 ? refusal : error);
      this.#timesGone++;
      throw this.#gone;
    }
    this.#use(other);
  }

  #use(form: DeleteForm): void {
    if (form !== this.#form) this.#log?.(`The ${this.#form} delete route is not served here; using the ${form} one.`);
    this.#form = form;
    this.#prove(form);
  }

  #prove(form: DeleteForm): void {
    if (form !== this.#form) return;
    this.#proven = true;
    this.#absentInRow = 0;
  }
}

/** A DELETE that was refused by an answer that may be about its route. */
interface Refused {
  readonly paths: DeletePaths;
  readonly send: (path: string) => Promise<unknown>;
  readonly stillThere: () => Promise<boolean>;
  readonly form: DeleteForm;
  /** How often the route had been found to be gone when it was sent. */
  readonly timesGone: number;
  readonly refusal: HubError;
}

/**
 * Whether a refusal may mean that the path is no route (any more), rather than that there is nothing under it: 404, 405 and 410, the last
 * of which Docker answers while it retires a route (API-NOTES, 5).
 */
export function isOfRoute(error: unknown): error is HubError {
  return isHubError(error) && (error.status === 404 || error.status === 405 || error.status === 410);
}

function otherOf(form: DeleteForm): DeleteForm {
  return form === 'namespaces' ? 'legacy' : 'namespaces';
}

function goneError({ status, request, serverWords }: HubError): HubError {
  return new HubError({ kind: 'routeGone', status, request, serverWords });
}

/** `undefined` where the look-up fails: the answer to the DELETE is all that is known then, and the caller shall have it. */
async function lookUp(stillThere: () => Promise<boolean>): Promise<boolean | undefined> {
  try {
    return await stillThere();
  } catch {
    return undefined;
  }
}
