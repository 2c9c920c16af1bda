import type { Account } from './accounts.ts';
import type { Answer } from './answer.ts';
import { invalid, loginError, ok } from './answer.ts';
import { basicCredentials } from './basicCaller.ts';
import type { Exchange } from './request.ts';

const wrongSecret = 'Incorrect authentication credentials';
const secondFactorNeeded = 'Require secondary authentication on MFA enabled account';

/** In the words of `auth.docker.io`, which says `details` where the Hub says `detail` (API-NOTES section 9). */
const wrongBasic: Answer = { status: 401, body: { details: 'incorrect username or password' } };

/** Counts wrong secrets and locks an identifier after too many, the right secret included (API-NOTES section 1, login lock-out). */
class LoginLock {
  readonly #failures = new Map<string, { count: number; lockedUntil: number }>();

  refusal(identifier: string, now: number): Answer | undefined {
    const locked = now < (this.#failures.get(identifier)?.lockedUntil ?? 0);
    return locked ? loginError(429, 'too many failed login attempts for username or IP address') : undefined;
  }

  failed(identifier: string, exchange: Exchange): Answer {
    const before = this.#failures.get(identifier);
    const count = (before !== undefined && before.lockedUntil === 0 ? before.count : 0) + 1;
    const lockedUntil =
      count >= exchange.settings.loginLockAfter ? exchange.now + exchange.settings.loginLockSeconds * 1000 : 0;
    this.#failures.set(identifier, { count, lockedUntil });
    return loginError(401, wrongSecret);
  }

  succeeded(identifier: string): void {
    this.#failures.delete(identifier);
  }
}

/** The three login routes (API-NOTES section 1), and what the registry's token service has in common with them. */
export class LogIn {
  readonly #lock = new LoginLock();
  readonly #awaitingCode = new Map<string, string>();
  #lastTicket = 0;

  /** `POST /v2/auth/token`: password, personal or organisation token; the answer does not say how long it lasts. */
  authToken(exchange: Exchange): Answer {
    const { identifier, secret } = fields(exchange);
    if (identifier === undefined) return invalid('identifier', 'This field is required.', 'Invalid identifier value');
    if (secret === undefined) return invalid('secret', 'This field is required.', 'Invalid secret value');
    const locked = this.#lock.refusal(identifier, exchange.now);
    if (locked !== undefined) return locked;

    const { world, sessions, settings, now } = exchange;
    const account = world.accounts.get(identifier);
    const isOat = world.organisations.get(identifier)?.oats.some((token) => token.secret === secret) === true;
    const isPat = account?.tokens.some((token) => token.secret === secret) === true;
    const isPassword = account?.password === secret;
    if (!isOat && !isPat && !isPassword) return this.#lock.failed(identifier, exchange);
    // The route has no second step, so a password alone does not pass where two factors are on.
    if (isPassword && account.otp !== undefined) return loginError(401, secondFactorNeeded);
    this.#lock.succeeded(identifier);
    const session = {
      kind: isOat ? ('org' as const) : ('user' as const),
      name: identifier,
      accessToken: isPassword ? undefined : secret,
    };
    return ok({ access_token: sessions.issue(session, settings.tokenLifeSeconds, now) });
  }

  /** `POST /v2/users/login`: the older route, with the second factor. */
  usersLogin(exchange: Exchange): Answer {
    const { username, password } = fields(exchange);
    if (username === undefined) return invalid('username', 'This field is required.', 'Invalid username value');
    if (password === undefined) return invalid('password', 'This field is required.', 'Invalid password value');
    if (exchange.world.organisations.has(username)) return loginError(401, 'Cannot log into an organization account');
    const locked = this.#lock.refusal(username, exchange.now);
    if (locked !== undefined) return locked;

    const account = exchange.world.accounts.get(username);
    const isPat = account?.tokens.some((token) => token.secret === password) === true;
    if (account === undefined || (!isPat && account.password !== password)) {
      return this.#lock.failed(username, exchange);
    }
    this.#lock.succeeded(username);
    if (!isPat && account.otp !== undefined) {
      const ticket = `2fa-${++this.#lastTicket}-${exchange.now}`;
      this.#awaitingCode.set(ticket, username);
      return { status: 401, body: { detail: secondFactorNeeded, login_2fa_token: ticket } };
    }
    return loggedIn(exchange, account, isPat ? password : undefined);
  }

  /** `POST /v2/users/2fa-login`: the code to the ticket of `usersLogin`; a wrong code may be followed by the right one. */
  secondFactor(exchange: Exchange): Answer {
    const { login_2fa_token: ticket, code } = fields(exchange);
    const account = exchange.world.accounts.get(this.#awaitingCode.get(ticket ?? '') ?? '');
    if (ticket === undefined || account === undefined || code !== account.otp) return loginError(401, wrongSecret);
    this.#awaitingCode.delete(ticket);
    return loggedIn(exchange, account, undefined);
  }

  /** What the token service says to Basic credentials that do not pass; undefined where they do, or where there are none. */
  refusalOfBasic(exchange: Exchange): Answer | undefined {
    const { authorization, caller, world, now } = exchange;
    if (authorization === undefined) return undefined;
    const credentials = basicCredentials(authorization);
    if (credentials === undefined) return wrongBasic;
    const { identifier, secret } = credentials;
    const locked = this.#lock.refusal(identifier, now);
    if (locked !== undefined) return locked;
    if (caller.kind === 'invalid') {
      // The right password that lacks a second factor is no guess.
      if (world.accounts.get(identifier)?.password !== secret) this.#lock.failed(identifier, exchange);
      return wrongBasic;
    }
    this.#lock.succeeded(identifier);
    return undefined;
  }
}

function loggedIn(exchange: Exchange, account: Account, accessToken: string | undefined): Answer {
  const { sessions, settings, now, request } = exchange;
  const session = { kind: 'user' as const, name: account.name, accessToken };
  const token = sessions.issue(session, settings.loginTokenLifeSeconds, now, {
    'https://hub.docker.com': { username: account.name },
  });
  // hub-tool asks so; the refresh token is taken by no route here.
  return ok(
    request.query.get('refresh_token') === 'true' ? { token, refresh_token: 'refresh-token-of-no-use' } : { token },
  );
}

function fields(exchange: Exchange): Partial<Record<string, string>> {
  const body = exchange.request.body;
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'));
}
