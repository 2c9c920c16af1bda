import type { Account } from '../../src/hub/wire/account.ts';
import { HubClient } from '../../src/hub/client.ts';
import type { Clock } from '../../src/async/clock.ts';
import { parseOrigins } from '../../src/hub/wire/origins.ts';
import { Pacer } from '../../src/hub/pacing/pacer.ts';
import { Session, type SessionSecrets } from '../../src/hub/signIn/session.ts';
import { createTransport, type Transport } from '../../src/hub/wire/transport.ts';

/** A client and what it is made of. */
export interface AssembledClient {
  readonly client: HubClient;
  readonly session: Session;
  readonly transport: Transport;
  readonly pacer: Pacer;
  /** Every line that was logged. */
  readonly log: string[];
}

/** A client of the server at `api`, put together as the extension does it; jitter is off. `timeout` is that of `ExchangeParts`. */
export function hubClientAt(
  api: string,
  options: {
    clock: Clock;
    fetch?: typeof fetch;
    name?: string;
    kind?: Account['kind'];
    secret?: string;
    token?: string;
    timeout?: number;
    secrets?: Partial<SessionSecrets>;
  },
): AssembledClient {
  const {
    clock,
    fetch = globalThis.fetch,
    name = 'team',
    kind = 'user',
    secret = 'dckr_pat_delete',
    token,
    timeout,
  } = options;
  const log: string[] = [];
  const logLine = (line: string) => void log.push(line);
  const account: Account = { name, kind, origins: parseOrigins(api, 'https://registry-1.docker.io') };
  const pacer = new Pacer(clock, () => 0.5);
  const transport = createTransport({
    origins: account.origins,
    fetch,
    clock,
    pacer,
    userAgent: 'docker-hub-pruner/0.1.0',
    log: logLine,
    timeout,
  });
  const secrets: SessionSecrets = {
    read: async () => ({ secret }),
    keepToken: async () => undefined,
    askCode: async () => undefined,
    ...options.secrets,
  };
  const session = new Session({ account, transport, secrets, clock, token });
  const client = new HubClient({ account, session, clock, clockSkew: () => transport.clockSkew, pacer, log: logLine });
  return { client, session, transport, pacer, log };
}
