import { join } from 'node:path';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Account } from '../../src/hub/wire/account.ts';
import { HubClient } from '../../src/hub/client.ts';
import { systemClock } from '../../src/async/clock.ts';
import { parseOrigins } from '../../src/hub/wire/origins.ts';
import { Pacer } from '../../src/hub/pacing/pacer.ts';
import { Session } from '../../src/hub/signIn/session.ts';
import { listTags, type TagListing } from '../../src/hub/listing/tagListing.ts';
import { createTransport } from '../../src/hub/wire/transport.ts';
import { executeConfirmed } from '../../src/prune/executeConfirmed.ts';
import { RunClaims } from '../../src/prune/runClaims.ts';
import { JournalFolder } from '../../src/runs/journal/journalFolder.ts';
import type { Tally } from '../../src/runs/outcome/tally.ts';
import { makeBatch, type Batch } from '../../src/retention/plan/batch.ts';
import { compileProtect } from '../../src/retention/policy/protect.ts';
import { tokenServicePath } from '../hub/tokenService.ts';
import { benchAccount } from './hubTask.ts';
import { planByAge } from '../unit/retention/plan/planByAge.ts';

/** What of the Hub's tags goes. */
const age = { text: '90 days', ms: 90 * 86_400_000 } as const;

/** Connections that are open before anything is measured. */
const warmConnections = 10;

/** The core as the extension puts it together, for one account, without VS Code. The only file of the benchmark that knows how. */
export interface Core {
  /** Opens connections, by requests that count for nobody's allowance. */
  warmUp(): Promise<void>;
  /** Signs in where it has not yet, and reads the tags of a repository. @throws HubError */
  list(repository: string): Promise<TagListing>;
  /** Plans all listings by age, as `Prune Old Tags…` does. */
  plan(listings: readonly TagListing[]): Batch;
  /** Executes a batch with a journal, see `executeConfirmed`. */
  execute(batch: Batch): Promise<Tally['counts']>;
}

/** @param folder where journals and claims are */
export function openCore({ hub, folder }: { readonly hub: string; readonly folder: string }): Core {
  const { name, secret } = benchAccount;
  const clock = systemClock;
  const account: Account = { name, kind: 'user', origins: parseOrigins(hub, 'https://registry-1.docker.io') };
  const dispatcher = new Agent();
  const fetch = ((url: URL, init: object) =>
    undiciFetch(url, { ...init, dispatcher })) as unknown as typeof globalThis.fetch;
  const pacer = new Pacer(clock);
  const transport = createTransport({
    origins: account.origins,
    fetch,
    clock,
    pacer,
    userAgent: 'docker-hub-pruner-bench/1.0',
  });
  const secrets = { read: async () => ({ secret }), keepToken: async () => undefined, askCode: async () => undefined };
  const session = new Session({ account, transport, secrets, clock });
  const client = new HubClient({ account, session, clock, clockSkew: () => transport.clockSkew, pacer });
  const protect = compileProtect(['latest']);
  const { signal } = new AbortController();

  return {
    async warmUp() {
      await Promise.all(
        Array.from({ length: warmConnections }, async () => (await fetch(new URL(tokenServicePath, hub))).text()),
      );
    },
    list: (repository) => listTags(client, { namespace: name, name: repository }, { lane: 'background', signal }),
    plan(listings) {
      const cutoff = client.now() - age.ms;
      return makeBatch(
        listings.map((listing) => planByAge({ ...listing, cutoff, protect })),
        { maxDeletions: 0 },
      );
    },
    async execute(batch) {
      const { tally } = await executeConfirmed(
        { account, batch, policy: { kind: 'olderThan', age: age.text }, check: async () => ({ batch, moved: [] }) },
        {
          claims: new RunClaims(join(folder, 'claims'), clock),
          journals: new JournalFolder(join(folder, 'journals')),
          clock,
          keepRuns: 100,
          remover: client,
          onUnrecorded: (error) => {
            throw error;
          },
          whileRunning: (_id, _batch, run) => run({ signal, onEvent: () => undefined }),
        },
      );
      return tally.counts;
    },
  };
}
