import type { OrganisationScope, Role, TokenScope } from './accounts.ts';
import type { Answer } from './answer.ts';
import { methodNotAllowed, noRoute, ok } from './answer.ts';
import type { LogIn } from './logIn.ts';
import type { RegistryAccess, RegistryAction } from './registryPort.ts';
import type { Exchange } from './request.ts';
import type { Caller } from './sessions.ts';
import { callerName, roleOf } from './sessions.ts';
import type { World } from './world.ts';

/** Where the token service of the registry stands on the Hub's origin; Docker has it on `auth.docker.io` (API-NOTES section 9). */
export const tokenServicePath = '/token';

/**
 * `GET /token?service=&scope=repository:namespace/name:pull,push`: a token with as much of the scope as the caller may have, which
 * may be nothing; that is no error (API-NOTES section 9). There is none of it while no registry stands beside the Hub.
 */
export function registryToken(exchange: Exchange, logIn: LogIn): Answer {
  const { request, registry, caller, world, settings } = exchange;
  if (registry === undefined) return noRoute();
  if (request.method !== 'GET') return methodNotAllowed();
  const refusal = logIn.refusalOfBasic(exchange);
  if (refusal !== undefined) return refusal;
  // Before the token is made, so that its life is never shorter than the client takes it to be.
  const issuedAt = new Date();
  const lifeSeconds = settings.registryTokenLifeSeconds;
  const access = request.query
    .getAll('scope')
    .flatMap((scope) => scope.split(' '))
    .flatMap((scope) => accessTo(scope, caller, world));
  const token = registry.token({
    subject: callerName(caller) ?? '',
    audience: request.query.get('service') ?? '',
    access,
    lifeSeconds,
  });
  return ok({ token, access_token: token, expires_in: lifeSeconds, issued_at: issuedAt.toISOString() });
}

function accessTo(scope: string, caller: Caller, world: World): RegistryAccess[] {
  const [, name, asked] = /^repository:([^:]+):([a-z,]+)$/.exec(scope) ?? [];
  if (name === undefined || asked === undefined) return [];
  const allowed = allowedOn(name, caller, world);
  const actions = allowed.filter((action) => asked.split(',').includes(action));
  return actions.length === 0 ? [] : [{ type: 'repository', name, actions }];
}

function allowedOn(name: string, caller: Caller, world: World): RegistryAction[] {
  const [namespace = '', repository = ''] = name.split('/');
  const isPublic = world.repository(namespace, repository)?.row.is_private === false;
  const role = roleOf(caller, namespace, world);
  const byRole = role === undefined ? [] : roleActions[role];
  const byToken =
    caller.kind === 'user' ? patActions[caller.scope] : caller.kind === 'org' ? oatActions(caller.scopes) : [];
  return (['pull', 'push', 'delete'] as const).filter(
    (action) => (action === 'pull' && isPublic) || (byRole.includes(action) && byToken.includes(action)),
  );
}

const roleActions: Record<Role, readonly RegistryAction[]> = {
  admin: ['pull', 'push', 'delete'],
  write: ['pull', 'push'],
  read: ['pull'],
};

/** Besides the pull of what is public, which needs no scope (API-NOTES section 1, token kinds and scopes). */
const patActions: Record<TokenScope, readonly RegistryAction[]> = {
  'repo:admin': ['pull', 'push', 'delete'],
  'repo:write': ['pull', 'push'],
  'repo:read': ['pull'],
  'repo:public_read': [],
};

/** A higher scope includes the lower ones (API-NOTES section 1). */
function oatActions(scopes: readonly OrganisationScope[]): readonly RegistryAction[] {
  if (scopes.includes('scope-image-delete')) return ['pull', 'push', 'delete'];
  if (scopes.includes('scope-image-push')) return ['pull', 'push'];
  return scopes.includes('scope-image-pull') ? ['pull'] : [];
}
