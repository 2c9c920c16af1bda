import type { Hub } from '../../hub/hub.ts';

/** What a test reads of an answer. */
export interface Answered {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON, else the text. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test knows what it asked for
  body: any;
}

/** Sends a request as a client would, without following redirects. */
export async function ask(
  hub: Hub,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; scheme?: string } = {},
): Promise<Answered> {
  const { token, body, scheme = 'Bearer' } = options;
  const response = await fetch(hub.origin + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `${scheme} ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Gets a token of `/v2/auth/token`. */
export async function tokenOf(hub: Hub, identifier: string, secret: string): Promise<string> {
  const { status, body } = await ask(hub, 'POST', '/v2/auth/token', { body: { identifier, secret } });
  if (status !== 200) throw new Error(`no token for ${identifier}: ${status} ${JSON.stringify(body)}`);
  return body.access_token;
}
