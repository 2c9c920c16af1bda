import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Account, Organisation, OrganisationScope, Role, TokenScope } from './accounts.ts';
import type { Repository, World } from './world.ts';

/** Who sends a request, and what the token lets them do. */
export type Caller =
  | { kind: 'none' }
  | { kind: 'invalid' }
  | { kind: 'user'; account: Account; scope: TokenScope }
  | { kind: 'org'; organisation: Organisation; scopes: readonly OrganisationScope[] };

interface Session {
  kind: 'user' | 'org';
  name: string;
  /** The access token it was got for; undefined for a password. */
  accessToken: string | undefined;
}

/** Hands out JWTs and reads them back. They are HS256-signed with a key of this server's own. */
export class Sessions {
  readonly #key = randomBytes(32);
  readonly #sessions = new Map<string, Session>();
  /** Every token that was handed out, for tests that look where it went. */
  readonly issued: string[] = [];

  /**
   * @param lifeSeconds until `exp`, from `now` (epoch milliseconds) rounded down to the second
   * @param claims besides `sub`, `iat`, `exp`, `jti`, `iss`
   */
  issue(session: Session, lifeSeconds: number, now: number, claims: Record<string, unknown> = {}): string {
    const jti = randomUUID();
    this.#sessions.set(jti, session);
    const issuedAt = Math.floor(now / 1000);
    const token = this.#sign({
      sub: `${session.kind}:${session.name}`,
      iss: 'https://hub.docker.com/',
      iat: issuedAt,
      exp: issuedAt + lifeSeconds,
      jti,
      ...claims,
    });
    this.issued.push(token);
    return token;
  }

  /** From now on every token that was handed out is refused, as if its time were over. */
  expireAll(): void {
    this.#sessions.clear();
  }

  /** Both `Bearer` and `JWT` are taken; an access token itself is no bearer token (API-NOTES section 1). */
  caller(authorization: string | undefined, world: World, now: number): Caller {
    if (authorization === undefined) return { kind: 'none' };
    const session = this.#session(/^(?:Bearer|JWT) +([^ ]+)$/i.exec(authorization)?.[1], now);
    if (session === undefined) return { kind: 'invalid' };
    if (session.kind === 'user') {
      const account = world.accounts.get(session.name);
      const scope =
        session.accessToken === undefined
          ? 'repo:admin'
          : account?.tokens.find((token) => token.secret === session.accessToken)?.scope;
      return account === undefined || scope === undefined ? { kind: 'invalid' } : { kind: 'user', account, scope };
    }
    const organisation = world.organisations.get(session.name);
    const oat = organisation?.oats.find((token) => token.secret === session.accessToken);
    return organisation === undefined || oat === undefined
      ? { kind: 'invalid' }
      : { kind: 'org', organisation, scopes: oat.scopes };
  }

  #session(token: string | undefined, now: number): Session | undefined {
    const [header, payload, signature] = token?.split('.') ?? [];
    if (header === undefined || payload === undefined || signature === undefined) return undefined;
    const expected = this.#mac(`${header}.${payload}`);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number; jti: string };
    return now >= claims.exp * 1000 ? undefined : this.#sessions.get(claims.jti);
  }

  #sign(claims: Record<string, unknown>): string {
    const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${this.#mac(signed).toString('base64url')}`;
  }

  #mac(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}

/** What the caller's account may do in a namespace, whatever the token. */
export function roleOf(caller: Caller, namespace: string, world: World): Role | undefined {
  if (caller.kind === 'user') {
    return caller.account.name === namespace
      ? 'admin'
      : world.organisations.get(namespace)?.members[caller.account.name];
  }
  return caller.kind === 'org' && caller.organisation.name === namespace ? 'admin' : undefined;
}

/** Whether the caller may know of the repository. `need` is the scope that an organisation token needs for a private one. */
export function canSee(caller: Caller, repository: Repository, world: World, need: OrganisationScope): boolean {
  if (!repository.row.is_private) return true;
  if (roleOf(caller, repository.row.namespace, world) === undefined) return false;
  if (caller.kind === 'org') return caller.scopes.includes(need);
  return caller.kind === 'user' && caller.scope !== 'repo:public_read';
}

/** Whether the token, not the account, allows a delete. */
export function mayDelete(caller: Caller, need: 'scope-tag-admin' | 'scope-repository-admin'): boolean {
  if (caller.kind === 'org') return caller.scopes.includes(need);
  return caller.kind === 'user' && caller.scope === 'repo:admin';
}

/** The account's or organisation's name, where there is one. */
export function callerName(caller: Caller): string | undefined {
  if (caller.kind === 'user') return caller.account.name;
  return caller.kind === 'org' ? caller.organisation.name : undefined;
}
