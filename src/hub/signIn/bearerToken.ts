import * as v from 'valibot';

/** Docker's tokens have some 4,000 characters; no server takes headers of more than this. */
export const longestToken = 16_384;

/** A token out of an answer, as far as it fits into a header: 1 to 16,384 visible ASCII characters. A fetch that refuses a header repeats it in its error. */
export const bearerToken = v.pipe(v.string(), v.maxLength(longestToken), v.regex(/^[\x21-\x7e]+$/));
