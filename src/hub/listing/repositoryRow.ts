import * as v from 'valibot';
import { parseInstant } from '../../retention/tags/instant.ts';
import { rowName } from './rowName.ts';
import { wholeNumber } from './wholeNumber.ts';

/** A repository as Docker Hub lists it. */
export interface Repository {
  readonly namespace: string;
  readonly name: string;
  readonly isPrivate?: boolean;
  /** Instant (ms, UTC) of the last push. */
  readonly pushedAt?: number;
  /** Bytes that the whole repository stores. */
  readonly size?: number;
  readonly pulls?: number;
}

const loose = <T extends v.GenericSchema>(schema: T) => v.fallback(v.optional(v.nullable(schema)), undefined);
const row = v.object({
  name: rowName,
  namespace: loose(v.string()),
  is_private: loose(v.boolean()),
  last_updated: loose(v.string()),
  storage_size: loose(wholeNumber),
  pull_count: loose(wholeNumber),
});

/**
 * Whether a repository may have tags although a list says that it has none: it stores something, or was pushed to. After all its tags were deleted
 * this stays so (API-NOTES, 3), and cannot be told from an answer that is wrong.
 */
export function mayHaveTags({ size, pushedAt }: Pick<Repository, 'size' | 'pushedAt'>): boolean {
  return (size ?? 0) > 0 || pushedAt !== undefined;
}

/** A repository out of one row of a namespace's list or out of its detail (API-NOTES, 3); `undefined` when it has no usable name. */
export function parseRepositoryRow(value: unknown, namespace: string): Repository | undefined {
  const parsed = v.safeParse(row, value);
  if (!parsed.success) return undefined;
  const { name, is_private, last_updated, storage_size, pull_count } = parsed.output;
  return {
    namespace,
    name,
    isPrivate: is_private ?? undefined,
    pushedAt: parseInstant(last_updated),
    size: storage_size ?? undefined,
    pulls: pull_count ?? undefined,
  };
}
