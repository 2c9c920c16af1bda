import { decodeJwt } from 'jose';
import * as v from 'valibot';
import { secretKind } from '../wire/account.ts';
import { bearerToken, longestToken } from './bearerToken.ts';
import { HubError, isHubError } from '../wire/hubError.ts';
import type { Wait } from '../pacing/pacer.ts';
import { wantsToken } from '../wire/refusal.ts';
import type { Transport } from '../wire/transport.ts';

/** What a sign-in needs. */
export interface SignInRequest {
  /** User name, or organisation name for an organisation access token. */
  readonly name: string;
  /** Password, personal or organisation access token. */
  readonly secret: string;
  /** Asks for the one-time code of an account with two-factor sign-in; `undefined` when nobody gives one. */
  readonly askCode?: (previous?: HubError) => Promise<string | undefined>;
  readonly signal?: AbortSignal;
  /** Told each time it has to wait. */
  readonly onWait?: (wait: Wait) => void;
}

/** A sign-in that succeeded. */
export interface SignedIn {
  /** Bearer token (JWT). */
  readonly token: string;
  /** Whether a one-time code was needed; such a session cannot renew itself. */
  readonly usedCode: boolean;
}

const accessTokenAnswer = v.object({ access_token: bearerToken });
const loginAnswer = v.object({ token: bearerToken });
const codeWanted = v.object({ login_2fa_token: v.pipe(v.string(), v.nonEmpty(), v.maxLength(longestToken)) });

/**
 * Exchanges a secret for a bearer token. One attempt a secret: what looks like an access token goes to `/v2/auth/token`, anything else
 * to `/v2/users/login`, so that one wrong password is one failure towards Docker's lock-out (API-NOTES, 1). Never retries.
 * @throws HubError: `wrongSecret` (with the reason `tokenRequired` where no password would do), `needsCode`, `lockedOut`, or what the transport throws
 */
export async function signIn(transport: Transport, request: SignInRequest): Promise<SignedIn> {
  if (secretKind(request.secret) !== 'password') return { token: await exchange(transport, request), usedCode: false };
  try {
    const answer = await post(
      transport,
      request,
      '/v2/users/login',
      { username: request.name, password: request.secret },
      [request.secret],
    );
    return {
      token: ownToken(request, checked(loginAnswer, answer, '/v2/users/login').token, '/v2/users/login'),
      usedCode: false,
    };
  } catch (error) {
    // The login route is deprecated; where it is gone, the password has not been tried yet (API-NOTES, 1).
    if (isHubError(error) && [404, 405, 410].includes(error.status ?? 0)) {
      return { token: await exchange(transport, request), usedCode: false };
    }
    if (isHubError(error) && wantsToken(error, request.secret)) throw wrongSecret(error, request);
    if (!isHubError(error, 'unauthorized')) throw error;
    const wanted = v.safeParse(codeWanted, error.answer);
    if (!wanted.success) throw wrongSecret(error, request);
    return { token: await secondFactor(transport, request, wanted.output.login_2fa_token), usedCode: true };
  }
}

async function exchange(transport: Transport, request: SignInRequest): Promise<string> {
  try {
    const answer = await post(
      transport,
      request,
      '/v2/auth/token',
      { identifier: request.name, secret: request.secret },
      [request.secret],
    );
    return checked(accessTokenAnswer, answer, '/v2/auth/token').access_token;
  } catch (error) {
    throw isHubError(error) && (error.kind === 'unauthorized' || wantsToken(error, request.secret))
      ? wrongSecret(error, request)
      : error;
  }
}

async function secondFactor(transport: Transport, request: SignInRequest, loginToken: string): Promise<string> {
  let previous: HubError | undefined;
  for (;;) {
    const code = await request.askCode?.(previous);
    if (!code) throw new HubError({ kind: 'needsCode' });
    try {
      const answer = await post(transport, request, '/v2/users/2fa-login', { login_2fa_token: loginToken, code }, [
        request.secret,
        loginToken,
        code,
      ]);
      return ownToken(request, checked(loginAnswer, answer, '/v2/users/2fa-login').token, '/v2/users/2fa-login');
    } catch (error) {
      if (!isHubError(error, 'unauthorized', 'rejected')) throw error;
      previous = error;
    }
  }
}

function post(
  transport: Transport,
  request: SignInRequest,
  target: string,
  body: unknown,
  secrets: readonly string[],
): Promise<unknown> {
  return transport.send({
    method: 'POST',
    target,
    body,
    secrets,
    lane: 'foreground',
    signal: request.signal,
    onWait: request.onWait,
  });
}

function checked<T extends v.GenericSchema>(schema: T, answer: unknown, path: string): v.InferOutput<T> {
  const parsed = v.safeParse(schema, answer);
  if (!parsed.success) throw new HubError({ kind: 'malformed', request: `POST ${path}`, reason: 'noToken' });
  return parsed.output;
}

const userClaim = v.object({ 'https://hub.docker.com': v.object({ username: v.string() }) });

/**
 * The token of a login, whose claims name the user (API-NOTES, 1). Those of `/v2/auth/token` are not known to.
 * @throws HubError `malformed` when it says that it is another user's: what one account was asked for must not happen to another
 */
function ownToken({ name }: SignInRequest, token: string, path: string): string {
  let claims: unknown;
  try {
    claims = decodeJwt(token);
  } catch {
    // No JWT: it says nothing.
  }
  const parsed = v.safeParse(userClaim, claims);
  if (parsed.success && parsed.output['https://hub.docker.com'].username.toLowerCase() !== name.toLowerCase()) {
    throw new HubError({ kind: 'malformed', request: `POST ${path}`, reason: 'wrongAccount' });
  }
  return token;
}

function wrongSecret(error: HubError, { secret }: SignInRequest): HubError {
  const { status, request, serverWords } = error;
  return new HubError({
    kind: 'wrongSecret',
    status,
    request,
    serverWords,
    reason: wantsToken(error, secret) ? 'tokenRequired' : undefined,
  });
}
