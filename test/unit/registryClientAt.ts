import type { Account } from '../../src/hub/wire/account.ts';
import { createExchange } from '../../src/hub/wire/exchange.ts';
import type { Clock } from '../../src/async/clock.ts';
import { Pacer } from '../../src/hub/pacing/pacer.ts';
import { RegistryClient } from '../../src/hub/registryClient.ts';
import { RegistrySession } from '../../src/hub/registrySession.ts';

/** A client of a registry, put together as the extension does it; jitter is off. */
export function registryClientAt(
  registry: string,
  token: string,
  options: {
    clock: Clock;
    fetch?: typeof fetch;
    name?: string;
    secret?: string;
    kind?: Account['kind'];
    signInToken?: string;
    signedOut?: () => boolean;
  },
): {
  readonly client: RegistryClient;
  readonly session: RegistrySession;
  readonly account: Account;
  readonly log: string[];
} {
  const {
    clock,
    fetch = globalThis.fetch,
    name = 'ann',
    secret = 'admin-pat',
    kind = 'user',
    signInToken,
    signedOut = () => false,
  } = options;
  const log: string[] = [];
  const account: Account = { name, kind, origins: { api: token, registry, token } };
  const pacer = new Pacer(clock, () => 0.5);
  const session = new RegistrySession({
    account,
    clock,
    readSecret: async () =>
      signedOut() ? undefined : { secret, ...(signInToken !== undefined && { token: signInToken }) },
    exchange: (origin) =>
      createExchange({
        origin,
        fetch,
        clock,
        pacer,
        userAgent: 'docker-hub-pruner/0.1.0',
        log: (line) => void log.push(line),
      }),
  });
  return { client: new RegistryClient({ session, clock }), session, account, log };
}
