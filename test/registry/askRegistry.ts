import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:http';

/** What a registry answered. */
export interface RegistryAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request of a test. */
export interface RegistryQuestion {
  /** Sent as a bearer token. */
  token?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

/**
 * Sends one request, without following redirects. Not by `fetch`, which tests of the extension watch and replace.
 * @param url absolute, `http`
 */
export async function askRegistry(
  method: string,
  url: string,
  { token, headers, body }: RegistryQuestion = {},
): Promise<RegistryAnswer> {
  const length = body === undefined ? {} : { 'content-length': String(body.byteLength) };
  // No connection is kept: a closing registry would have to wait for it.
  const asking = request(url, {
    method,
    agent: false,
    headers: { ...length, ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
  asking.end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}
