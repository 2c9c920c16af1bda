import process from 'node:process';
import { generateRepository } from '../hub/generate.ts';
import { startHub } from '../hub/hub.ts';
import type { TagTable } from '../hub/tagTable.ts';
import { World } from '../hub/world.ts';
import { reportOf } from './hubReport.ts';
import { benchAccount, type BenchRepository, type HubStarted, type HubTask } from './hubTask.ts';

// The Hub of one run, in a process of its own, so that what it computes does not take the client's time.
const task = JSON.parse(process.argv[2]!) as HubTask;
const day = 86_400_000;
const { name: namespace, secret } = benchAccount;
const world = new World();
world.addAccount({ name: namespace, tokens: [{ secret, scope: 'repo:admin' }] });
const planned = new Set<string>();
for (const repository of task.repositories) addTags(repository);
const hub = await startHub({
  world,
  latencyMs: task.latencyMs,
  retryAfter: task.retryAfter,
  ...(task.allowance && { rateLimit: task.allowance }),
});
if (task.loneRefusal) {
  const { skip, seconds } = task.loneRefusal;
  const act = { status: 429, body: { detail: 'Too Many Requests' }, headers: { 'retry-after': String(seconds) } };
  hub.script({ match: { method: 'GET', path: /\/tags\?/ }, skip, act });
}

process.on('message', () => process.send!(reportOf(hub, planned)));
// Whoever started it is gone, or has seen enough; a process that a signal ends leaves no compiled code for the next.
for (const end of ['disconnect', 'SIGTERM'] as const) process.once(end, () => process.exit());
process.send!({ origin: hub.origin } satisfies HubStarted);

function addTags({ name, old, young }: BenchRepository): void {
  const now = Date.now();
  const { tags = [], ...init } = generateRepository({
    namespace,
    name,
    names: namesOf('young', young),
    oldest: now - 30 * day,
    newest: now - 3_600_000,
  });
  const repository = world.addRepository({ ...init, tags });
  for (const [tag, row] of generateRepository({
    namespace,
    name,
    names: namesOf('old', old),
    oldest: now - 700 * day,
    newest: now - 101 * day,
  }).tags as TagTable) {
    repository.tags.set(tag, row);
    planned.add(`${namespace}/${name}:${tag}`);
  }
  // Sorted once, before anybody measures.
  repository.tags.page('default', '', 0, 1);
}

/** As long as names that a CI gives. */
function namesOf(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${kind}-build-2026.11.25-${i}`);
}
