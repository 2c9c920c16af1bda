import { secretKind } from './account.ts';
import type { Answer } from './exchange.ts';
import { HubError, type HubErrorKind } from './hubError.ts';
import { retryAt } from '../pacing/retryAfter.ts';
import { serverWords } from './serverWords.ts';
import { parseShallowJson } from './shallowJson.ts';

/**
 * What an answer that is no success means.
 * @param secrets what was sent and must not come back in the server's words (invariant 9)
 */
export function refusalOf(answer: Answer, secrets: readonly string[]): HubError {
  const { request, status, headers, receivedAt } = answer;
  const body = textOf(answer);
  const words = serverWords(body, contentTypeOf(answer), secrets);
  return new HubError({
    kind: kindOf(answer, body, words),
    request,
    status,
    serverWords: words,
    retryAt: status === 429 ? retryAt(headers, receivedAt) : undefined,
    // Only a sign-in looks into it (see `signIn`); any other would be kept in memory for as long as its error is shown.
    answer: status === 401 ? parseShallowJson(body) : undefined,
  });
}

/**
 * A success of another status than the one that the API answers with: in doubt, since something else may have answered, or nothing may have been
 * done (API-NOTES, 5).
 * @param secrets what was sent and must not come back in the server's words (invariant 9)
 */
export function unexpectedSuccess(answer: Answer, secrets: readonly string[]): HubError {
  const { request, status } = answer;
  return new HubError({
    kind: 'malformed',
    request,
    status,
    reason: 'notADeleteAnswer',
    serverWords: serverWords(textOf(answer), contentTypeOf(answer), secrets),
  });
}

/** "must log in with a Personal Access Token (PAT)", and "an access token is required". */
const tokenRequired =
  /\b(must|requires?|needs?|use)\b.*\b(PAT|access tokens?)\b|\b(PAT|access tokens?)\b.*\b(must|required|needed)\b/i;

/**
 * Whether a sign-in with a password was refused because the account must use an access token, by the server's words (API-NOTES, 9): then no other
 * password would help, and this one may be right.
 */
export function wantsToken(
  { status, serverWords: words }: Pick<HubError, 'status' | 'serverWords'>,
  secret: string,
): boolean {
  return (
    (status === 401 || status === 403) &&
    secretKind(secret) === 'password' &&
    words !== undefined &&
    tokenRequired.test(words)
  );
}

/** The parsed JSON of a success, `undefined` for an empty one. @throws HubError `malformed` when it holds anything else */
export function jsonOf(answer: Answer): unknown {
  const body = textOf(answer);
  if (body.trim() === '') return undefined;
  const contentType = contentTypeOf(answer);
  const value = /\bjson\b/i.test(contentType) ? parseShallowJson(body) : undefined;
  if (value !== undefined) return value;
  const reason = isHtml(contentType, body) ? 'webPage' : 'notJson';
  throw new HubError({ kind: 'malformed', request: answer.request, status: answer.status, reason });
}

function textOf({ body }: Answer): string {
  const decoder = new TextDecoder();
  return body.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
}

function contentTypeOf({ headers }: Answer): string {
  return headers.get('content-type') ?? '';
}

function kindOf(answer: Answer, body: string, words: string | undefined): HubErrorKind {
  const { status, headers } = answer;
  if (status === 403 || status === 503) {
    // Cloudflare's own pages look like refusals of the secret and are none (hub-feedback#2502, terraform-provider-docker#144).
    if (
      headers.has('cf-mitigated') ||
      /^\s*error code: \d+/.test(body) ||
      (isHtml(contentTypeOf(answer), body) && /just a moment|cloudflare/i.test(body))
    ) {
      return 'blocked';
    }
  }
  if (status === 429) return words && /failed login/i.test(words) ? 'lockedOut' : 'rateLimited';
  if (status === 401) return 'unauthorized';
  if (status === 404) return 'notFound';
  if (status >= 500) return 'server';
  // "immutable", "immutability rule", "mutability is disabled" (API-NOTES, 5).
  if (words && /immutab|mutability/i.test(words)) return 'immutable';
  return status === 403 ? 'forbidden' : 'rejected';
}

function isHtml(contentType: string, body: string): boolean {
  return /\bhtml\b/i.test(contentType) || /^\s*<(!doctype|html)/i.test(body);
}
