import type { Answer } from './answer.ts';
import { tooManyRequests } from './allowance.ts';
import type { ScriptAct } from './script.ts';

/** An answer that does not depend on what was asked; the world stays as it is. Undefined where the act has none. */
export function cannedAnswer(act: ScriptAct, now: number): Answer | undefined {
  if ('redirect' in act) return { status: act.status ?? 302, headers: { location: act.redirect } };
  if ('status' in act) return { status: act.status, body: act.body, ...(act.headers && { headers: act.headers }) };
  if ('htmlUnder200' in act) {
    return { status: 200, body: page('Docker Hub', 'We are having trouble. Try again later.'), headers: html };
  }
  if ('cloudflare' in act) {
    return act.cloudflare === '1010'
      ? {
          status: 403,
          body: 'error code: 1010',
          headers: { 'content-type': 'text/plain; charset=UTF-8', ...cloudflare },
        }
      : {
          status: 403,
          body: page('Just a moment...', 'Enable JavaScript and cookies to continue'),
          headers: { ...html, ...cloudflare, 'cf-mitigated': 'challenge' },
        };
  }
  if ('rateLimited' in act) {
    const resetAt = now + act.rateLimited.seconds * 1000;
    const answer = tooManyRequests(act.rateLimited.form, now, resetAt);
    return {
      ...answer,
      headers: {
        ...answer.headers,
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
      },
    };
  }
  if ('wrongTypes' in act) return { status: 200, body: wrongTypes };
  return undefined;
}

const html = { 'content-type': 'text/html; charset=utf-8' };
const cloudflare = { server: 'cloudflare', 'cf-ray': '8f2c1d3e4b5a6978-FRA' };
const page = (title: string, text: string): string =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${text}</h1></body></html>`;

const wrongRow = {
  name: 42,
  namespace: [],
  digest: { sha256: true },
  last_updated: 17,
  tag_last_pushed: [],
  tag_last_pulled: false,
  full_size: '50000000',
  images: 'none',
  is_private: 'no',
  pull_count: {},
};

// One body for every route: a list, a row and a login answer at once, and none of it right.
const wrongTypes = {
  count: 'many',
  next: 17,
  previous: false,
  results: { first: wrongRow },
  access_token: 42,
  token: {},
  ...wrongRow,
};
