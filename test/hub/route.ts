import type { Answer } from './answer.ts';
import { forbidden, methodNotAllowed, movedTo, noRoute, unauthorized } from './answer.ts';
import type { LogIn } from './logIn.ts';
import { deleteRepository, listRepositories, showRepository } from './repositoryRoutes.ts';
import type { Exchange } from './request.ts';
import { deleteTag, hasTags, listTags, showTag } from './tagRoutes.ts';
import { registryToken, tokenServicePath } from './tokenService.ts';
import { namespaces, notForOrganisationTokens, organisations, user } from './userRoutes.ts';

type Methods = Partial<Record<string, (exchange: Exchange) => Answer>>;

const repositories: Methods = { GET: listRepositories };
const repository: Methods = { GET: showRepository, DELETE: deleteRepository };
const tags: Methods = { GET: listTags, HEAD: hasTags };
const tag: Methods = { GET: showTag, HEAD: showTag, DELETE: deleteTag };

const routes: readonly [path: RegExp, methods: Methods][] = [
  [/^\/v2\/user\/$/, { GET: user }],
  [/^\/v2\/user\/orgs\/?$/, { GET: organisations }],
  [/^\/v2\/repositories\/namespaces\/?$/, { GET: namespaces }],
  [/^\/v2\/namespaces\/[^/]+\/repositories$/, repositories],
  [/^\/v2\/namespaces\/[^/]+\/repositories\/[^/]+$/, repository],
  [/^\/v2\/namespaces\/[^/]+\/repositories\/[^/]+\/tags$/, tags],
  [/^\/v2\/namespaces\/[^/]+\/repositories\/[^/]+\/tags\/[^/]+$/, tag],
  [/^\/v2\/repositories\/[^/]+\/$/, repositories],
  [/^\/v2\/repositories\/[^/]+\/[^/]+\/$/, repository],
  // Recorded `next` links of the legacy tag list have no slash, so this one path is served both ways.
  [/^\/v2\/repositories\/[^/]+\/[^/]+\/tags\/?$/, tags],
  [/^\/v2\/repositories\/[^/]+\/[^/]+\/tags\/[^/]+\/$/, tag],
];

/** Legacy paths that are served with a slash at the end only (API-NOTES section 5). */
const slashMissing = /^\/v2\/(?:user|repositories\/(?!namespaces$)[^/]+(?:\/[^/]+(?:\/tags\/[^/]+)?)?)$/;

/** Finds the route of a request and its answer. Login routes look at no token; everywhere else a bad one is a 401. */
export function route(exchange: Exchange, logIn: LogIn): Answer {
  const { pathname, caller } = exchange;
  const { method } = exchange.request;
  if (pathname === tokenServicePath) return registryToken(exchange, logIn);
  switch (pathname.replace(/\/$/, '')) {
    case '/v2/auth/token':
      return method === 'POST' ? logIn.authToken(exchange) : methodNotAllowed();
    case '/v2/users/login':
      return method === 'POST' ? logIn.usersLogin(exchange) : methodNotAllowed();
    case '/v2/users/2fa-login':
      return method === 'POST' ? logIn.secondFactor(exchange) : methodNotAllowed();
  }
  if (slashMissing.test(pathname)) return movedTo(`${exchange.origin}${pathname}/${searchOf(exchange.request.path)}`);
  const methods = routes.find(([path]) => path.test(pathname))?.[1];
  if (methods === undefined) return noRoute();
  const answer = methods[method];
  if (answer === undefined) return methodNotAllowed();
  if (caller.kind === 'invalid') return unauthorized();
  if (caller.kind === 'org' && pathname.startsWith('/v2/repositories/')) return forbidden(notForOrganisationTokens);
  return answer(exchange);
}

function searchOf(path: string): string {
  const at = path.indexOf('?');
  return at < 0 ? '' : path.slice(at);
}
