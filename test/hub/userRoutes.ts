import type { Answer } from './answer.ts';
import { forbidden, ok, unauthorized } from './answer.ts';
import { pageAnswer, pageAsked } from './page.ts';
import type { Exchange } from './request.ts';

/** What an organisation's token hears on every path that is not for it (API-NOTES section 1). */
export const notForOrganisationTokens = 'token issued from organization access token is not allowed';

/** `GET /v2/user/`: who is signed in (API-NOTES section 2). */
export function user({ caller }: Exchange): Answer {
  if (caller.kind === 'org') return forbidden(notForOrganisationTokens);
  if (caller.kind !== 'user') return unauthorized();
  return ok({
    id: `user:${caller.account.name}`,
    username: caller.account.name,
    full_name: '',
    type: 'User',
    is_active: true,
    date_joined: '2020-01-01T00:00:00.000000Z',
  });
}

/** `GET /v2/user/orgs`: organisations of the user, a page of them; the personal namespace is not among them (API-NOTES section 2). */
export function organisations(exchange: Exchange): Answer {
  if (exchange.caller.kind === 'org') return forbidden(notForOrganisationTokens);
  if (exchange.caller.kind !== 'user') return unauthorized();
  const asked = pageAsked(exchange);
  if ('status' in asked) return asked;
  const rows = organisationsOf(exchange).map(([name, role], index) => ({
    id: String(1000 + index),
    uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    orgname: name,
    full_name: name,
    location: '',
    company: name,
    profile_url: '',
    date_joined: '2021-01-01T00:00:00.000000Z',
    gravatar_email: '',
    gravatar_url: '',
    type: 'Organization',
    badge: '',
    is_active: true,
    user_role: role === 'admin' ? 'Owner' : 'Member',
    user_groups: [],
    org_groups_count: 1,
    plan_name: 'free',
    parent_name: null,
  }));
  return pageAnswer(exchange, asked, rows.length, rows.slice(asked.offset, asked.offset + asked.size));
}

/** `GET /v2/repositories/namespaces`: the legacy list of namespaces, the personal one first (API-NOTES section 2). */
export function namespaces(exchange: Exchange): Answer {
  if (exchange.caller.kind === 'org') return forbidden(notForOrganisationTokens);
  if (exchange.caller.kind !== 'user') return unauthorized();
  return ok({
    namespaces: [exchange.caller.account.name, ...organisationsOf(exchange).map(([name]) => name)],
    next: null,
  });
}

function organisationsOf({ caller, world }: Exchange): [name: string, role: string][] {
  if (caller.kind !== 'user') return [];
  return [...world.organisations.values()].flatMap(({ name, members }): [string, string][] => {
    const role = members[caller.account.name];
    return role === undefined ? [] : [[name, role]];
  });
}
