import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** `preferred` when it is free on 127.0.0.1, else another port that is. */
export async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw error;
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
  throw new Error('No port is free on 127.0.0.1.');
}
