import * as v from 'valibot';

/** Docker Hub's names have at most 255 characters; what is much longer was made to fill memory. */
const longest = 1000;

/**
 * The name in a row of a list: any text of 1 to 1,000 characters. What is no name by Docker's grammar is shown as text (invariant 10) and never
 * sent (see `pathSegment`).
 */
export const rowName = v.pipe(v.string(), v.nonEmpty(), v.maxLength(longest));
