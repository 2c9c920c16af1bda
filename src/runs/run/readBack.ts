import { isHubError } from '../../hub/wire/hubError.ts';
import type { Tag } from '../../retention/tags/tag.ts';

/**
 * What became of a tag whose DELETE was answered as a success: it is gone; another image was pushed under its name since; it is there, unchanged.
 * Or it could not be looked at, for the `reason` that was thrown; `seen` tells whether a look before had found it there.
 */
export type ReadBack = 'gone' | 'pushedAgain' | 'there' | { readonly reason: unknown; readonly seen: boolean };

/** Looks at a tag that is still there before it is believed to stay, with a pause before each but the first. */
export const maxReadBacks = 4;

/**
 * Reads a DELETE back: Docker retires routes by answering them with a success that does nothing (API-NOTES, 5). The server may need a moment, so a
 * tag that is still there is looked at up to `most` times.
 * @param look looks at the tag. @throws HubError; `notFound` where there is none
 * @param pause waits before the next look; told how many found it there, 1 or more
 */
export async function readBack(
  planned: Tag,
  look: () => Promise<Tag>,
  pause: (looks: number) => Promise<void>,
  most: number = maxReadBacks,
): Promise<ReadBack> {
  for (let looks = 1; ; looks++) {
    try {
      if (isAnother(planned, await look())) return 'pushedAgain';
      if (looks === most) return 'there';
      await pause(looks);
    } catch (reason) {
      return isHubError(reason, 'notFound') ? 'gone' : { reason, seen: looks > 1 };
    }
  }
}

/**
 * Whether something else was pushed under the name. Stricter than `hasMoved`, which in doubt spares a tag: what an answer leaves out, or says beyond
 * what the list said, must not pass for a new image here.
 */
function isAnother(planned: Tag, found: Tag): boolean {
  if (found.pushedAt !== undefined && found.pushedAt !== planned.pushedAt) return true;
  return found.digest !== undefined && planned.digest !== undefined && found.digest !== planned.digest;
}
