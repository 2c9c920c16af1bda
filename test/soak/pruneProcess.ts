import { join } from 'node:path';
import process from 'node:process';
import type { Account } from '../../src/hub/wire/account.ts';
import { HubClient } from '../../src/hub/client.ts';
import { systemClock } from '../../src/async/clock.ts';
import { isHubError } from '../../src/hub/wire/hubError.ts';
import { parseOrigins } from '../../src/hub/wire/origins.ts';
import { Pacer } from '../../src/hub/pacing/pacer.ts';
import { Session } from '../../src/hub/signIn/session.ts';
import { listTags, type TagListing } from '../../src/hub/listing/tagListing.ts';
import { createTransport } from '../../src/hub/wire/transport.ts';
import { Claims } from '../../src/runs/journal/claims.ts';
import { Journal } from '../../src/runs/journal/journal.ts';
import { JournalFolder, newRunId, type OpenJournal } from '../../src/runs/journal/journalFolder.ts';
import { JournalError } from '../../src/runs/journal/journalLine.ts';
import { outcomeOf, recordedTags, type JournalRecord } from '../../src/runs/journal/journalRecord.ts';
import { outcomeKinds } from '../../src/runs/outcome/outcome.ts';
import { canResume, prepareResume } from '../../src/runs/resume.ts';
import { run, type RunEvent } from '../../src/runs/run/run.ts';
import { checkPolicy } from '../../src/retention/policy/checkPolicy.ts';
import { makeBatch, type Batch } from '../../src/retention/plan/batch.ts';
import { planPicked, type Plan } from '../../src/retention/plan/plan.ts';
import type { RepositoryName } from '../../src/retention/tags/repositoryName.ts';
import { compileProtect } from '../../src/retention/policy/protect.ts';
import { noUses } from '../../src/retention/plan/uses.ts';
import { cancelSignal } from './cancelSignal.ts';
import { exitCodes, sentAt, type PruneTask } from './pruneTask.ts';
import { swiftClock } from './swiftClock.ts';
import { planByAge } from '../unit/retention/plan/planByAge.ts';

// The core as the extension puts it together, without VS Code: begins a run, or goes on with the one that it finds interrupted.
const task = JSON.parse(process.argv[2]!) as PruneTask;
const clock = swiftClock(task.clock.from, task.clock.speed);
const account: Account = {
  name: 'team',
  kind: 'user',
  origins: parseOrigins(task.hub, 'https://registry-1.docker.io'),
};
const pacer = new Pacer(clock);
const fetchSaying: typeof fetch = (input, init) =>
  fetch(input, {
    ...init,
    headers: { ...(init?.headers as Record<string, string>), 'user-agent': sentAt(clock.now()) },
  });
const transport = createTransport({
  origins: account.origins,
  fetch: fetchSaying,
  clock,
  pacer,
  userAgent: 'soak/1.0',
  timeout: task.timeout,
});
const secrets = {
  read: async () => ({ secret: 'dckr_pat_soak' }),
  keepToken: async () => undefined,
  askCode: async () => undefined,
};
const client = new HubClient({
  account,
  session: new Session({ account, transport, secrets, clock }),
  clock,
  clockSkew: () => transport.clockSkew,
  pacer,
});
const journals = new JournalFolder(join(task.folder, 'journals'));
// Its claims are kept alive in real time.
const claims = new Claims(join(task.folder, 'claims'), systemClock);
const protect = compileProtect(['latest']);
const signal = cancelSignal(task.folder, () => clock.now());
const admission = { lane: 'background', signal } as const;

const list = (repository: RepositoryName) => listTags(client, repository, admission);

process.exitCode = await prune();

async function prune(): Promise<number> {
  const held = await claims.take(task.repositories.map(({ namespace, name }) => `${namespace}/${name}`));
  if (!('release' in held)) return exitCodes.held;
  try {
    const interrupted = await interruptedRun();
    return interrupted ? await goOn(interrupted) : await begin();
  } catch (error) {
    // Neither a list nor a tag can be read at the moment.
    if (isHubError(error)) return exitCodes.open;
    throw error;
  } finally {
    await held.release();
  }
}

async function interruptedRun(): Promise<JournalRecord | undefined> {
  const [file] = await journals.list();
  if (!file) return undefined;
  try {
    const record = await journals.read(file.id);
    if (record.ready) return record;
  } catch (error) {
    if (!(error instanceof JournalError) || error.reason !== 'missing') throw error;
  }
  // Nothing of it was done.
  await journals.remove(file.id);
  return undefined;
}

async function begin(): Promise<number> {
  const plans = [];
  for (const repository of task.repositories) plans.push(plan(await list(repository)));
  const batch = makeBatch(plans, { maxDeletions: 0 });
  const open = await journals.create(newRunId(clock.now()));
  const journal = new Journal(open, clock);
  await journal.begin(
    {
      id: open.id,
      account,
      policy: task.picked
        ? { kind: 'picked' }
        : task.policies
          ? { kind: 'policies' }
          : { kind: 'olderThan', age: '90 days' },
    },
    batch,
  );
  return carryOut(batch, journal, open);
}

function plan(listing: TagListing): Plan {
  const { cutoff } = task;
  if (!task.picked) return planByAge({ ...listing, cutoff, protect });
  const { repository, tags, asOf } = listing;
  return planPicked({
    repository,
    tags: tags.filter(({ pushedAt }) => pushedAt !== undefined && pushedAt < cutoff),
    asOf,
    remaining: tags.length,
  });
}

async function goOn(record: JournalRecord): Promise<number> {
  const policiesToday =
    task.protectToday.length === 0
      ? []
      : [
          checkPolicy(
            { repositories: ['*/*'], olderThan: '90 days', keepAliases: false, protect: task.protectToday },
            clock.now(),
          ),
        ];
  const { batch, settled } = await prepareResume(record, {
    remover: client,
    list,
    deletionRules: (repository) => client.deletionRules(repository, admission),
    usesOf: () => noUses,
    policiesOf: () => policiesToday,
    admission,
    protect,
    maxDeletions: 0,
  });
  const open = await journals.reopen(record.id);
  const journal = new Journal(open, clock);
  await journal.resume(batch.total, true);
  for (const event of settled) journal.note(event);
  return carryOut(batch, journal, open);
}

async function carryOut(batch: Batch, journal: Journal, open: OpenJournal): Promise<number> {
  const events: RunEvent[] = [];
  for await (const event of run(batch, { remover: client, journal, clock, signal, concurrency: task.concurrency })) {
    events.push(event);
  }
  // Whoever reads the journal gets the whole of it.
  await journal.end(
    Object.fromEntries(
      outcomeKinds.map((kind) => [
        kind,
        events.filter((event) => event.type === 'outcome' && event.outcome.kind === kind).length,
      ]),
    ) as Parameters<Journal['end']>[0],
  );
  await open.close(true);
  const record = await journals.read(open.id);
  const left = [...recordedTags(record)].filter((tag) =>
    ['uncertain', 'notReached'].includes(outcomeOf(tag, record.stops).kind),
  );
  return left.length > 0 || canResume(record) ? exitCodes.open : exitCodes.through;
}
