import * as v from 'valibot';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { HubError } from '../wire/hubError.ts';
import { rowName } from './rowName.ts';

/** Tells whether Docker Hub refuses to delete or to push over a tag of this name. */
export type IsImmutable = (name: string) => boolean;

const settings = v.object({ enabled: v.boolean(), rules: v.fallback(v.nullable(v.array(v.string())), null) });
const detail = v.object({ name: rowName, immutable_tags_settings: v.optional(v.nullable(v.unknown())) });
/** More than anybody writes; each of 200,000 names is held against all of them. */
const maxCharacters = 5000;

/**
 * The rules of immutable tags out of a repository's detail (API-NOTES, 3 and 5): none, all tags, or those that one of the patterns matches
 * anywhere. Patterns are those of Go's RE2, and take linear time.
 * @returns `undefined` where all tags may be deleted
 * @throws HubError `malformed` for rules that cannot be read: what they keep is not known then
 */
export async function readImmutableTags(
  value: unknown,
  repository: Pick<RepositoryName, 'name'>,
  request: string,
): Promise<IsImmutable | undefined> {
  const malformed = (cause?: unknown): HubError =>
    new HubError({ kind: 'malformed', request, reason: 'immutableRules', cause });
  const parsed = v.safeParse(detail, value);
  if (!parsed.success || parsed.output.name !== repository.name) throw malformed();
  const { immutable_tags_settings: given } = parsed.output;
  if (given == null) return undefined;
  const read = v.safeParse(settings, given);
  if (!read.success) throw malformed();
  const { enabled, rules } = read.output;
  if (!enabled) return undefined;
  if (rules === null) throw malformed();
  if (rules.length === 0) return () => true;
  if (rules.reduce((sum, rule) => sum + rule.length, 0) > maxCharacters) throw malformed();
  // Few repositories have rules.
  const { RE2JS } = await import('re2js');
  try {
    const patterns = rules.map((rule) => RE2JS.compile(rule));
    return (name) => patterns.some((pattern) => pattern.test(name));
  } catch (error) {
    throw malformed(error);
  }
}
