import type { Answer } from './answer.ts';
import { forbidden, notFound, ok, unauthorized } from './answer.ts';
import { pageAnswer, pageAsked } from './page.ts';
import type { Exchange } from './request.ts';
import { canSee, mayDelete, roleOf } from './sessions.ts';
import type { TagOrder } from './tagTable.ts';
import type { Repository } from './world.ts';

const orderings = ['last_updated', '-last_updated', 'name', '-name'] as const;

/** `GET …/tags`: a page of tags; an `ordering` that is not known changes nothing, since Docker documents none (API-NOTES section 4). */
export function listTags(exchange: Exchange): Answer {
  const { query } = exchange.request;
  const asked = pageAsked(exchange);
  if ('status' in asked) return asked;
  const repository = visible(exchange);
  if (repository === undefined) return notFound();
  const known = orderings.find((ordering) => ordering === query.get('ordering'));
  const order: TagOrder = exchange.shuffled ? 'shuffled' : (known ?? 'default');
  const { count, rows } = repository.tags.page(order, query.get('name') ?? '', asked.offset, asked.size);
  return pageAnswer(exchange, asked, count, rows);
}

/** `HEAD …/tags`: 200 when the repository has tags (API-NOTES section 4). */
export function hasTags(exchange: Exchange): Answer {
  return (visible(exchange)?.tags.size ?? 0) > 0 ? ok({}) : notFound();
}

/** `GET …/tags/{tag}`, and HEAD as the test whether there is one. */
export function showTag(exchange: Exchange): Answer {
  const row = visible(exchange)?.tags.get(exchange.request.tag ?? '');
  return row === undefined ? notFound() : ok(row);
}

/** `DELETE …/tags/{tag}`: 204; other tags of the same digest stay (API-NOTES section 5). */
export function deleteTag(exchange: Exchange): Answer {
  const { request, caller, world, settings } = exchange;
  if (caller.kind === 'none') return unauthorized();
  const repository = visible(exchange);
  if (repository === undefined) return notFound();
  const { namespace, name } = repository.row;
  if (!mayDelete(caller, 'scope-tag-admin')) return forbidden('access denied: insufficient scope');
  if (roleOf(caller, namespace, world) !== 'admin') return forbidden('permission denied');
  const tag = request.tag ?? '';
  if (!repository.tags.has(tag)) return notFound();
  if (isImmutable(repository, tag)) {
    return { ...forbidden(settings.immutable.message), status: settings.immutable.status };
  }
  world.removeTag(namespace, name, tag);
  exchange.tagDeleted(`${namespace}/${name}`, tag);
  return { status: 204 };
}

function isImmutable({ immutable }: Repository, tag: string): boolean {
  return (
    immutable.enabled &&
    (immutable.rules.length === 0 || immutable.rules.some((rule) => new RegExp(rule, 'u').test(tag)))
  );
}

function visible({ request, world, caller }: Exchange): Repository | undefined {
  const repository = world.repository(request.namespace ?? '', request.repository ?? '');
  if (repository === undefined) return undefined;
  const mayAdminister = caller.kind === 'org' && caller.scopes.includes('scope-tag-admin');
  return canSee(caller, repository, world, mayAdminister ? 'scope-tag-admin' : 'scope-tag-read')
    ? repository
    : undefined;
}
