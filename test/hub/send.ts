import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** How a body goes out: whole, cut in the middle, slowly, or without end. */
export type Manner = 'whole' | 'truncated' | 'endless' | { bytesPerSecond: number };

const endlessBytes = 64 * 1024 * 1024;
const dripEveryMs = 20;

/** Sends an answer; settles when all of it is handed over or the connection is gone. `withBody` is false for HEAD. */
export async function send(response: ServerResponse, answer: Answer, manner: Manner, withBody: boolean): Promise<void> {
  const text =
    answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  const body = Buffer.from(text);
  if (answer.body !== undefined && !response.hasHeader('content-type')) {
    response.setHeader('content-type', 'application/json');
  }
  response.statusCode = answer.status;
  if (manner === 'endless') return sendEndless(response);
  if (answer.status !== 204) response.setHeader('content-length', body.length);
  if (!withBody || body.length === 0) {
    response.end();
    return;
  }
  if (manner === 'whole') {
    response.end(body);
    return;
  }
  if (manner === 'truncated') {
    await written(response, body.subarray(0, Math.floor(body.length / 2)));
    response.destroy();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const step = Math.max(1, Math.round((manner.bytesPerSecond * dripEveryMs) / 1000));
  const stepMs = (step / manner.bytesPerSecond) * 1000;
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    await written(response, body.subarray(at, at + step));
    await pause(stepMs, gone.signal);
  }
  response.end();
}

async function sendEndless(response: ServerResponse): Promise<void> {
  await written(response, Buffer.from('{"count":1,"next":null,"previous":null,"results":["'));
  const block = Buffer.alloc(64 * 1024, 'a');
  for (let sent = 0; sent < endlessBytes && !response.destroyed; sent += block.length) await written(response, block);
  response.destroy();
}

function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const done = (): void => {
      response.off('close', done);
      resolve();
    };
    response.once('close', done);
    response.write(bytes, done);
  });
}

// Kept from before any test replaces the timers: the network is late in real time.
const later = globalThis.setTimeout;
const never = globalThis.clearTimeout;

/** Waits in real time, or until the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      never(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = later(done, ms);
    signal.addEventListener('abort', done);
  });
}
