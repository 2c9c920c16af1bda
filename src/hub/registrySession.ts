import * as v from 'valibot';
import { fullName, type RepositoryName } from '../retention/tags/repositoryName.ts';
import type { Account } from './wire/account.ts';
import { parseBearerChallenge, type BearerChallenge } from './signIn/bearerChallenge.ts';
import { bearerToken } from './signIn/bearerToken.ts';
import type { Clock } from '../async/clock.ts';
import type { Answer, Exchange, ExchangeRequest } from './wire/exchange.ts';
import { HubError } from './wire/hubError.ts';
import { pathSegment } from './wire/pathSegment.ts';
import { readSecret } from './signIn/readSecret.ts';
import { jsonOf, refusalOf, wantsToken } from './wire/refusal.ts';

/** What a registry session is made of. */
export interface RegistrySessionParts {
  readonly account: Account;
  /** The account's secret, and whether its sign-in needed a one-time code; `undefined` once signed out. */
  readonly readSecret: () => Promise<{ readonly secret: string; readonly token?: string } | undefined>;
  /** An exchange with one of the account's own origins. */
  readonly exchange: (origin: string) => Exchange;
  readonly clock: Clock;
}

/** A request to the registry about one repository. */
export type RegistryRequest = Omit<ExchangeRequest, 'secrets' | 'signedOut'>;

/** An answer of the registry's. */
export interface RegistryAnswer extends Answer {
  /** What was sent and must not come back in an error (see `refusalOf`). */
  readonly secrets: readonly string[];
}

interface Token {
  readonly text: string;
  readonly renewAt: number;
}

/** A token that says nothing of its life is good for 60 s, and none is trusted for longer than an hour. */
const lifeSeconds = v.fallback(v.optional(v.pipe(v.number(), v.minValue(60), v.maxValue(3600)), 60), 60);
const tokenAnswer = v.union([
  v.object({ token: bearerToken, expires_in: lifeSeconds }),
  v.object({ access_token: bearerToken, expires_in: lifeSeconds }),
]);
/** A token is renewed so long (ms) before it ends. */
const renewBefore = 15_000;

/**
 * Speaks with the account's registry under its short-lived tokens, one for each repository, which are had for the account's secret from the
 * service that the registry names, if that is one of the origins that the sign-in is bound to (invariant 9; API-NOTES, 9).
 */
export class RegistrySession {
  readonly #parts: RegistrySessionParts;
  readonly #tokens = new Map<string, Token>();
  /** One renewal at a time, however many requests wait for it: a refused secret is one failed sign-in. */
  readonly #renewals = new Map<string, Promise<string>>();
  readonly #exchanges = new Map<string, Exchange>();
  #closed = false;

  constructor(parts: RegistrySessionParts) {
    this.#parts = parts;
  }

  /**
   * Sends a request with a token that may pull from and push to the repository.
   * @returns an answer of any status but a redirect and 401
   * @throws HubError: `forbidden` where a fresh token is not enough, `foreignOrigin` where the registry names a token service that the
   *   sign-in is not bound to, `wrongSecret`, `needsCode`, `signedOut`, `signInFailed` where the secret cannot be read, and what an exchange throws
   */
  async send(repository: RepositoryName, request: RegistryRequest): Promise<RegistryAnswer> {
    this.#checkOpen();
    const held = this.#tokens.get(fullName(repository));
    const first = await this.#sendWith(held && held.renewAt > this.#parts.clock.now() ? held.text : undefined, request);
    if (first.status !== 401) return first;
    const challenge = parseBearerChallenge(first.headers.get('www-authenticate'));
    if (!challenge) throw refusalOf(first, first.secrets);
    const token = await this.#renew(repository, challenge, request);
    const answer = await this.#sendWith(token, request);
    if (answer.status !== 401) return answer;
    this.#tokens.delete(fullName(repository));
    // The service may grant less than it was asked for without a word.
    const { status, request: name, serverWords } = refusalOf(answer, answer.secrets);
    throw new HubError({ kind: 'forbidden', status, request: name, serverWords });
  }

  /** Drops the tokens and sends nothing more: the account was signed out. */
  close(): void {
    this.#closed = true;
    this.#tokens.clear();
  }

  async #sendWith(token: string | undefined, request: RegistryRequest): Promise<RegistryAnswer> {
    const exchange = this.#exchange(this.#parts.account.origins.registry);
    const secrets = token === undefined ? [] : [token];
    const credentials =
      token === undefined
        ? { signedOut: true }
        : { headers: { ...request.headers, authorization: `Bearer ${token}` }, secrets };
    return { ...(await exchange.send({ ...request, ...credentials })), secrets };
  }

  #checkOpen(): void {
    if (this.#closed) throw new HubError({ kind: 'signedOut' });
  }

  #renew(repository: RepositoryName, challenge: BearerChallenge, request: RegistryRequest): Promise<string> {
    const key = fullName(repository);
    const renewal =
      this.#renewals.get(key) ??
      this.#fetchToken(repository, challenge, request).finally(() => this.#renewals.delete(key));
    this.#renewals.set(key, renewal);
    return renewal;
  }

  async #fetchToken(
    repository: RepositoryName,
    { realm, service }: BearerChallenge,
    { lane, signal, onWait }: RegistryRequest,
  ): Promise<string> {
    const { account, clock } = this.#parts;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (!url || !Object.values(account.origins).includes(url.origin)) {
      throw new HubError({ kind: 'foreignOrigin', request: 'GET token', subject: url?.origin });
    }
    const stored = await readSecret(this.#parts.readSecret);
    if (!stored || this.#closed) throw new HubError({ kind: 'signedOut' });
    const basic = Buffer.from(`${account.name}:${stored.secret}`).toString('base64');
    const secrets = [stored.secret, basic];
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set(
      'scope',
      `repository:${pathSegment(repository.namespace)}/${pathSegment(repository.name)}:pull,push`,
    );
    const answer = await this.#exchange(url.origin).send({
      method: 'GET',
      target: url.href,
      headers: { accept: 'application/json', authorization: `Basic ${basic}` },
      secrets,
      lane,
      signal,
      onWait,
    });
    if (answer.status !== 200) {
      const refusal = refusalOf(answer, secrets);
      const { status, request, serverWords } = refusal;
      if (wantsToken(refusal, stored.secret)) {
        throw new HubError({ kind: 'wrongSecret', status, request, serverWords, reason: 'tokenRequired' });
      }
      // The token service knows no second step: a password that needs one is refused there.
      if (status === 401) {
        throw new HubError({
          kind: stored.token === undefined ? 'wrongSecret' : 'needsCode',
          status,
          request,
          serverWords,
        });
      }
      throw refusal;
    }
    const parsed = v.safeParse(tokenAnswer, jsonOf(answer));
    if (!parsed.success) {
      throw new HubError({ kind: 'malformed', request: answer.request, status: answer.status, reason: 'noToken' });
    }
    const { output } = parsed;
    const text = 'token' in output ? output.token : output.access_token;
    this.#checkOpen();
    this.#tokens.set(fullName(repository), { text, renewAt: clock.now() + output.expires_in * 1000 - renewBefore });
    return text;
  }

  #exchange(origin: string): Exchange {
    const exchange = this.#exchanges.get(origin) ?? this.#parts.exchange(origin);
    this.#exchanges.set(origin, exchange);
    return exchange;
  }
}
