import { decodeJwt } from 'jose';
import type { Account } from '../wire/account.ts';
import type { Clock } from '../../async/clock.ts';
import { HubError, isHubError, type HubErrorKind } from '../wire/hubError.ts';
import type { Wait } from '../pacing/pacer.ts';
import { readSecret } from './readSecret.ts';
import { retrying } from '../wire/retrying.ts';
import { signIn, type SignedIn } from './signIn.ts';
import type { HubRequest, Transport } from '../wire/transport.ts';

/** Where a session gets its secret from and asks for codes; the `host` room implements it over SecretStorage. */
export interface SessionSecrets {
  /**
   * The account's secret, and the token of its last sign-in where that needed a one-time code; `undefined` once signed out.
   * @throws what the storage throws, which says nothing about the account
   */
  read(): Promise<{ readonly secret: string; readonly token?: string } | undefined>;
  /** Keeps a token that needed a one-time code, so that the next start does not ask again. Where it cannot, the token is good for this session all the same. */
  keepToken(token: string): Promise<void>;
  /** Asks the person for a one-time code while requests wait; `undefined` when none is given. */
  askCode(previous?: HubError): Promise<string | undefined>;
}

const renewBefore = 60_000;
/** Docker's lock after too many failed sign-ins lasts about so long (API-NOTES, 1), and asking meanwhile cannot help. */
const lockedFor = 10 * 60_000;
/** How long (ms) nobody is asked again for a code that was not given, and no sign-in is repeated whose token was refused at once. */
const promptCooldown = 60_000;

/** Failures of a sign-in that say something about the account, and are passed on as they are. */
const ofAccount: readonly HubErrorKind[] = ['wrongSecret', 'needsCode', 'lockedOut', 'signedOut', 'blocked'];
/** Attempts at one sign-in while the server or the network has trouble. */
const signInAttempts = 3;
const maxRenewals = 3;

/**
 * One account's bearer token: fetched when first needed, renewed before it expires, and after a 401; one renewal at a time, however
 * many requests wait for it. A secret that was refused is not sent again, and while the account is locked none is.
 */
export class Session {
  readonly #account: Account;
  readonly #transport: Transport;
  readonly #secrets: SessionSecrets;
  readonly #clock: Clock;
  #token: { readonly text: string; readonly renewAt: number } | undefined;
  #renewal: Promise<string> | undefined;
  /** Those who wait for the renewal and are told what it waits for. */
  readonly #waiting = new Set<(wait: Wait) => void>();
  #refused: { readonly secret: string; readonly error: HubError; readonly until: number } | undefined;
  /** The one that was last used for a sign-in. */
  #secret: string | undefined;
  #closed = false;

  constructor(parts: {
    account: Account;
    transport: Transport;
    secrets: SessionSecrets;
    clock: Clock;
    token?: string;
  }) {
    this.#account = parts.account;
    this.#transport = parts.transport;
    this.#secrets = parts.secrets;
    this.#clock = parts.clock;
    if (parts.token && this.#lifeOf(parts.token) > 0) this.#hold(parts.token);
  }

  /**
   * Sends `request` with this account's token; after a 401 once more with a fresh one, and again where that ran out while the request
   * waited for its turn.
   * @throws HubError: what the transport throws, `signedOut` without a secret, `wrongSecret` when it was refused, `signInFailed` when no
   *   token could be had, also where this program or the storage of the secret failed (reason `secretStorage`); the signal's reason
   */
  async send(request: HubRequest): Promise<unknown> {
    let token = await until(this.#current(request), request.signal);
    for (let renewals = 0; ; renewals++) {
      try {
        return await this.#transport.send({ ...request, token });
      } catch (error) {
        if (!isHubError(error, 'unauthorized')) throw error;
        if (renewals > 0 && (this.#lifeOf(token) > 0 || renewals === maxRenewals)) {
          this.#refuseFor(promptCooldown, error);
          throw error;
        }
      }
      request.signal?.throwIfAborted();
      token = await until(this.#renew(token, request), request.signal);
    }
  }

  /** Drops the token and sends nothing more: the account was signed out. */
  close(): void {
    this.#closed = true;
    this.#token = undefined;
  }

  async #current(request: HubRequest): Promise<string> {
    if (this.#token && this.#clock.now() < this.#token.renewAt) return this.#token.text;
    return this.#renew(this.#token?.text, request);
  }

  #renew(stale: string | undefined, { onWait }: HubRequest): Promise<string> {
    if (this.#token && this.#token.text !== stale) return Promise.resolve(this.#token.text);
    if (onWait) this.#waiting.add(onWait);
    this.#renewal ??= this.#fetchToken(stale)
      .catch(asHubError)
      .finally(() => {
        this.#renewal = undefined;
        this.#waiting.clear();
      });
    return this.#renewal;
  }

  async #fetchToken(stale: string | undefined): Promise<string> {
    const stored = this.#closed ? undefined : await readSecret(() => this.#secrets.read());
    if (!stored) throw new HubError({ kind: 'signedOut' });
    this.#secret = stored.secret;
    if (stored.token && stored.token !== stale && this.#lifeOf(stored.token) > 0) {
      this.#hold(stored.token);
      return stored.token;
    }
    if (this.#refused?.secret === stored.secret && this.#clock.now() < this.#refused.until) throw this.#refused.error;
    const { token, usedCode } = await this.#signIn(stored.secret);
    if (this.#closed) throw new HubError({ kind: 'signedOut' });
    this.#hold(token);
    // It is good for this session all the same.
    if (usedCode) await this.#secrets.keepToken(token).catch(() => undefined);
    return token;
  }

  async #signIn(secret: string): Promise<SignedIn> {
    const onWait = (wait: Wait) => this.#waiting.forEach((tell) => tell(wait));
    try {
      return await retrying({ clock: this.#clock, lane: 'background', onWait, attempts: signInAttempts }, () =>
        signIn(this.#transport, {
          name: this.#account.name,
          secret,
          onWait,
          askCode: (previous) => this.#secrets.askCode(previous),
        }),
      );
    } catch (error) {
      if (isHubError(error, 'wrongSecret')) this.#refuseFor(Infinity, error);
      if (isHubError(error, 'lockedOut')) this.#refuseFor(lockedFor, error);
      if (isHubError(error, 'needsCode')) this.#refuseFor(promptCooldown, error);
      if (!(error instanceof HubError) || ofAccount.includes(error.kind)) throw error;
      // Its status must not be taken for an answer to the request that waits.
      const { request, serverWords, reason } = error;
      throw new HubError({ kind: 'signInFailed', request, serverWords, reason, cause: error });
    }
  }

  #refuseFor(time: number, error: HubError): void {
    if (this.#secret !== undefined) this.#refused = { secret: this.#secret, error, until: this.#clock.now() + time };
  }

  #hold(text: string): void {
    const life = this.#lifeOf(text);
    // A short-lived token is renewed in the last fifth of its life; one that seems to be over as it comes, once it is refused.
    this.#token = { text, renewAt: life > 0 ? this.#clock.now() + life - Math.min(renewBefore, life / 5) : Infinity };
  }

  /** How long (ms) a token is still good; Infinity where it does not say. */
  #lifeOf(text: string): number {
    return expiryOf(text) - (this.#clock.now() + this.#transport.clockSkew);
  }
}

/** An error of this program, such as in a dialog, is none of the request that waits for its token, and would meet every other one as well. */
function asHubError(error: unknown): never {
  throw error instanceof HubError ? error : new HubError({ kind: 'signInFailed', cause: error });
}

/** The instant (ms, server time) at which a JWT expires; Infinity where it does not say. */
function expiryOf(token: string): number {
  try {
    const { exp } = decodeJwt(token);
    return Number.isFinite(exp) ? exp! * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}

/** `promise`, or the signal's reason if that comes first; the work behind the promise goes on for the others that wait. */
function until<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
