import type { Answer } from './answer.ts';
import { forbidden, invalid, notFound, ok, unauthorized } from './answer.ts';
import { pageAnswer, pageAsked } from './page.ts';
import type { Exchange } from './request.ts';
import type { RepositoryRow } from './rows.ts';
import { canSee, mayDelete, roleOf } from './sessions.ts';
import type { Repository } from './world.ts';

const orderings: Record<string, (a: RepositoryRow, b: RepositoryRow) => number> = {
  name: (a, b) => compareText(a.name, b.name),
  last_updated: (a, b) => compareText(a.last_updated ?? '', b.last_updated ?? ''),
  pull_count: (a, b) => a.pull_count - b.pull_count,
};

/** `GET …/repositories`: what the caller may see of a namespace (API-NOTES section 3). */
export function listRepositories(exchange: Exchange): Answer {
  const { request, world, caller } = exchange;
  const namespace = request.namespace ?? '';
  const ordering = request.query.get('ordering') ?? 'name';
  const compare = orderings[ordering.replace(/^-/, '')];
  if (compare === undefined) {
    return invalid('ordering', `"${ordering}" is not a valid choice.`, 'Invalid ordering value');
  }
  const asked = pageAsked(exchange);
  if ('status' in asked) return asked;
  if (!world.hasNamespace(namespace)) return notFound();
  const namePart = request.query.get('name') ?? '';
  const rows = [...world.repositoriesOf(namespace)]
    .filter(
      (repository) =>
        repository.row.name.includes(namePart) && canSee(caller, repository, world, 'scope-repository-list'),
    )
    .map((repository) => repository.row)
    .sort(ordering.startsWith('-') ? (a, b) => compare(b, a) : compare);
  return pageAnswer(exchange, asked, rows.length, rows.slice(asked.offset, asked.offset + asked.size));
}

/** `GET …/repositories/{repository}`: the row and what only the detail has; `permissions` are the account's, not the token's. */
export function showRepository(exchange: Exchange): Answer {
  const repository = visible(exchange);
  if (repository === undefined) return notFound();
  const { row } = repository;
  const role = roleOf(exchange.caller, row.namespace, exchange.world);
  return ok({
    user: row.namespace,
    ...row,
    is_automated: false,
    collaborator_count: 0,
    hub_user: row.namespace,
    has_starred: false,
    full_description: repository.fullDescription,
    permissions: { read: true, write: role === 'admin' || role === 'write', admin: role === 'admin' },
    immutable_tags_settings: repository.immutable,
    source: null,
  });
}

/** `DELETE …/repositories/{repository}`: 202, for it is queued (API-NOTES section 7). */
export function deleteRepository(exchange: Exchange): Answer {
  const { caller, world, settings } = exchange;
  if (caller.kind === 'none') return unauthorized();
  const repository = visible(exchange);
  if (repository === undefined) return notFound();
  const { namespace, name } = repository.row;
  if (!mayDelete(caller, 'scope-repository-admin')) return forbidden('access denied: insufficient scope');
  if (roleOf(caller, namespace, world) !== 'admin') return forbidden('permission denied');
  world.removeRepository(namespace, name, settings.repositoryDeletionDelayMs);
  exchange.repositoryDeleted(`${namespace}/${name}`);
  return { status: 202 };
}

function visible({ request, world, caller }: Exchange): Repository | undefined {
  const repository = world.repository(request.namespace ?? '', request.repository ?? '');
  return repository !== undefined && canSee(caller, repository, world, 'scope-repository-read')
    ? repository
    : undefined;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
