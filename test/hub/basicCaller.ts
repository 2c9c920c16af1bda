import type { Caller } from './sessions.ts';
import type { World } from './world.ts';

/** User name and secret of an Authorization header of the scheme Basic; undefined where it is none. */
export function basicCredentials(
  authorization: string | undefined,
): { identifier: string; secret: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { identifier: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/**
 * Who asks the registry's token service: a user with a password or a personal token, an organisation with a token of its own,
 * or nobody. A password alone is `invalid` where two factors are on, since the service has no second step.
 */
export function basicCaller(authorization: string | undefined, world: World): Caller {
  if (authorization === undefined) return { kind: 'none' };
  const credentials = basicCredentials(authorization);
  if (credentials === undefined) return { kind: 'invalid' };
  const { identifier, secret } = credentials;
  const organisation = world.organisations.get(identifier);
  const oat = organisation?.oats.find((token) => token.secret === secret);
  if (organisation !== undefined && oat !== undefined) return { kind: 'org', organisation, scopes: oat.scopes };
  const account = world.accounts.get(identifier);
  if (account === undefined) return { kind: 'invalid' };
  const pat = account.tokens.find((token) => token.secret === secret);
  if (pat !== undefined) return { kind: 'user', account, scope: pat.scope };
  return account.password === secret && account.otp === undefined
    ? { kind: 'user', account, scope: 'repo:admin' }
    : { kind: 'invalid' };
}
