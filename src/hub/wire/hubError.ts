import { plainText } from './serverWords.ts';

/**
 * What went wrong with a request, as far as a caller must tell cases apart:
 * - `wrongSecret`: sign-in refused the secret; never tried again by itself
 * - `needsCode`: the account wants a one-time code and nobody was there to give it
 * - `lockedOut`: too many failed sign-ins; even the right secret is refused for minutes
 * - `signedOut`: there is no secret any more
 * - `signInFailed`: the token could not be renewed, for a reason of the server's or the network's (see `cause`); the request was not sent
 * - `unauthorized`: a fresh token was refused too
 * - `forbidden`: the account or its token lacks the right
 * - `immutable`: the tag is locked by its repository's settings
 * - `blocked`: Cloudflare answered instead of Docker Hub; says nothing about secret or rights
 * - `notFound`, `rateLimited`, `rejected` (any other 4xx), `server` (5xx)
 * - `network`: no connection, or it broke; `timeout`: no answer in time
 * - `malformed`: an answer that is not what the API promises; `foreignOrigin`: it pointed to another server
 * - `incomplete`: a listing that could not be read to its end (invariant 4)
 * - `routeGone`: neither known path for a delete is served any more, or a delete that was answered as a success (`status` 2xx) has no effect
 * - `unsafeName`: a name that cannot be put into a path safely; nothing was sent
 */
export const hubErrorKinds = [
  'wrongSecret',
  'needsCode',
  'lockedOut',
  'signedOut',
  'signInFailed',
  'unauthorized',
  'forbidden',
  'immutable',
  'blocked',
  'notFound',
  'rateLimited',
  'rejected',
  'server',
  'network',
  'timeout',
  'malformed',
  'foreignOrigin',
  'incomplete',
  'routeGone',
  'unsafeName',
] as const;

/** One of `hubErrorKinds`. */
export type HubErrorKind = (typeof hubErrorKinds)[number];

/**
 * What this program itself found wrong, where a kind alone does not say it. The `host` room has the words for people, so that none of ours are
 * ever taken for the server's. Journals keep them:
 * - of a list: `listChanged` (it kept changing while it was read), `listEndless`, `listShort` (it ended before its count was reached), `listEmpty`
 *   (no rows, of a repository that stores something or was pushed to)
 * - of an answer: `notAPage`, `tooManyRows`, `unnamedRow` (`subject` is its number on the page), `notTheRepository`, `notTheTag`,
 *   `notADeleteAnswer`, `noDigest`, `wrongManifest`, `wrongDigest`, `immutableRules`, `noToken`, `wrongAccount`, `notJson`, `webPage`, `redirect`,
 *   `tooLarge`
 * - of a restored tag: `notRestored` (its name does not point at the manifest that was put)
 * - of a sign-in: `tokenRequired` (the account must use an access token; API-NOTES, 9), `secretStorage` (VS Code could not give the secret)
 */
export const hubErrorReasons = [
  'listChanged',
  'listEndless',
  'listShort',
  'listEmpty',
  'notAPage',
  'tooManyRows',
  'unnamedRow',
  'notTheRepository',
  'notTheTag',
  'notADeleteAnswer',
  'noDigest',
  'wrongManifest',
  'wrongDigest',
  'immutableRules',
  'noToken',
  'wrongAccount',
  'notJson',
  'webPage',
  'redirect',
  'tooLarge',
  'notRestored',
  'tokenRequired',
  'secretStorage',
] as const;

/** One of `hubErrorReasons`. */
export type HubErrorReason = (typeof hubErrorReasons)[number];

/** Details of a HubError; all but `kind` are optional. */
export interface HubErrorDetails {
  readonly kind: HubErrorKind;
  /** Method and path, without query, host or credentials. */
  readonly request?: string;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The server's own words and nobody else's; become plain text (invariant 10). */
  readonly serverWords?: string;
  /** What this program found wrong; never shown as the server's words. */
  readonly reason?: HubErrorReason;
  /** What it is about: the origin of `foreignOrigin`, the name of `unsafeName`, the row of `unnamedRow`; becomes plain text (invariant 10). */
  readonly subject?: string;
  /** Local instant (ms) before which the server wants no further request. */
  readonly retryAt?: number;
  /** For `incomplete`: how many rows were read, and how many the server said there are. */
  readonly read?: number;
  readonly expected?: number;
  /** The parsed body of a refusal, for the one caller that needs a field of it (two-factor sign-in); never logged. */
  readonly answer?: unknown;
  readonly cause?: unknown;
}

/** A request to Docker Hub that did not succeed. Its message is for the log; people get theirs from the `host` room. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly kind: HubErrorKind;
  readonly request?: string;
  readonly status?: number;
  readonly serverWords?: string;
  readonly reason?: HubErrorReason;
  readonly subject?: string;
  readonly retryAt?: number;
  readonly read?: number;
  readonly expected?: number;
  readonly #answer: unknown;

  constructor(details: HubErrorDetails) {
    const serverWords = details.serverWords === undefined ? undefined : plainText(details.serverWords);
    const subject = details.subject === undefined ? undefined : plainText(details.subject);
    const about = [details.reason, subject].filter((part) => part !== undefined).join(' ');
    const parts = [
      details.kind,
      details.status,
      details.request,
      about && `(${about})`,
      serverWords && `"${serverWords}"`,
    ];
    super(parts.filter((part) => part !== undefined && part !== '').join(' '), { cause: details.cause });
    this.kind = details.kind;
    this.request = details.request;
    this.status = details.status;
    this.serverWords = serverWords;
    this.reason = details.reason;
    this.subject = subject;
    this.retryAt = details.retryAt;
    this.read = details.read;
    this.expected = details.expected;
    this.#answer = details.answer;
  }

  /** The parsed body of a refusal; kept out of what a logger or `JSON.stringify` would see, since it may hold a token. */
  get answer(): unknown {
    return this.#answer;
  }

  /** Whether no answer came, so that the server may or may not have done what it was asked. */
  get unanswered(): boolean {
    return this.kind === 'network' || this.kind === 'timeout';
  }

  /**
   * Whether it is open what the server did: no answer came, a gateway had none of the server's (502, 504), or the success that was answered
   * cannot be read.
   */
  get inDoubt(): boolean {
    if (this.kind === 'malformed') return this.status !== undefined && this.status < 300;
    return this.unanswered || (this.kind === 'server' && (this.status === 502 || this.status === 504));
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get passing(): boolean {
    return this.unanswered || this.kind === 'server' || this.kind === 'rateLimited';
  }
}

/** Whether `error` is a HubError of one of these kinds. */
export function isHubError(error: unknown, ...kinds: HubErrorKind[]): error is HubError {
  return error instanceof HubError && (kinds.length === 0 || kinds.includes(error.kind));
}
