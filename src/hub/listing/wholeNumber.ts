import * as v from 'valibot';

/**
 * A count or a number of bytes as a server may give it: a whole number from 0 to 2^53 - 1. JSON can say `1e999` as well, whose sums no dialog
 * could show.
 */
export const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
