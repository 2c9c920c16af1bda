import { HubError, isHubError } from './hubError.ts';

/** The two paths that the same thing may be deleted under. */
export interface DeletePaths {
  readonly namespaces: string;
  readonly legacy: string;
}

/**
 * Which of Docker Hub's two delete routes works. No document settles it (API-NOTES, 5), so the `/v2/namespaces` form goes first; only when
 * it answers 404 or 405 for something that a GET still finds is the legacy form tried, and kept for as long as this object lives once it
 * has worked.
 */
export class DeleteRoute {
  readonly #log: ((line: string) => void) | undefined;
  #form: keyof DeletePaths = 'namespaces';
  #proven = false;

  constructor(log?: (line: string) => void) {
    this.#log = log;
  }

  /**
   * @param send sends the DELETE to a path
   * @param stillThere looks the thing up; must say `false` when it is not the same thing any more
   * @throws what `send` throws, or HubError `routeGone` when both forms are refused for something that is there
   */
  async delete(paths: DeletePaths, send: (path: string) => Promise<unknown>, stillThere: () => Promise<boolean>): Promise<void> {
    const form = this.#form;
    try {
      await send(paths[form]);
      this.#proven = true;
      return;
    } catch (error) {
      if (!mayBeRoute(error) || (this.#proven && error.status === 404) || !(await confirmed(stillThere))) throw error;
    }
    const other = form === 'namespaces' ? 'legacy' : 'namespaces';
    try {
      await send(paths[other]);
    } catch (error) {
      if (!mayBeRoute(error) || !(await confirmed(stillThere))) throw error;
      throw new HubError({ kind: 'routeGone', status: error.status, request: error.request, serverWords: error.serverWords });
    }
    this.#form = other;
    this.#proven = true;
    this.#log?.(`The ${form} delete route is not served here; using the ${other} one.`);
  }
}

/** Whether an answer may mean that the path is no route, rather than that there is nothing under it. */
function mayBeRoute(error: unknown): error is HubError {
  return isHubError(error) && (error.status === 404 || error.status === 405);
}

/** Where the look-up fails, the answer to the DELETE is all that is known, and the caller shall have it. */
async function confirmed(stillThere: () => Promise<boolean>): Promise<boolean> {
  try {
    return await stillThere();
  } catch {
    return false;
  }
}
