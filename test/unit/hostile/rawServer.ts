import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came, whatever was answered. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A server that answers as no decent one would. */
export interface RawServer {
  readonly origin: string;
  /** Every request, in the order of arrival. */
  readonly requests: readonly RawRequest[];
  /** Connections that are open. */
  readonly connections: number;
  close(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1.
 * @param answer may write to `request.socket` what HTTP does not allow; `nth` counts requests from 1
 */
export async function startRawServer(
  answer: (request: IncomingMessage, response: ServerResponse, nth: number) => unknown,
): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const server = createServer((request, response) => {
    requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
    });
    // The client goes away in the middle of nearly every answer here.
    request.socket.on('error', () => undefined);
    request.resume();
    request.once('end', () => void answer(request, response, requests.length));
  });
  server.keepAliveTimeout = 10 * 60_000;
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    socket.once('close', () => connections--);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    close: async () => {
      const ended = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await ended;
    },
  };
}

/** Writes a block again and again as fast as it is taken, until the client goes away or `maxBytes` are written. */
export function flood(request: IncomingMessage, block: string | Buffer, maxBytes: number): void {
  const { socket } = request;
  let left = maxBytes;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= block.length;
      if (!socket.write(block)) {
        socket.once('drain', more);
        return;
      }
    }
    socket.destroy();
  };
  more();
}

/** Writes one piece every 20 ms, until the client goes away or the pieces are used up. */
export function drip(request: IncomingMessage, pieces: Iterable<string>): void {
  const { socket } = request;
  const rest = pieces[Symbol.iterator]();
  const timer = setInterval(() => {
    const { value, done } = rest.next();
    if (done) clearInterval(timer);
    else socket.write(value);
  }, 20);
  socket.once('close', () => clearInterval(timer));
}
