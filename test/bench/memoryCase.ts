import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { atMost, type Bench, type BenchCase } from './benchCase.ts';
import type { ClientReport, ClientTask } from './clientTask.ts';
import type { HubReport } from './hubReport.ts';
import type { HubStarted, HubTask } from './hubTask.ts';
import { Worker } from './worker.ts';

/** What a listing of a great many tags may cost. */
export interface MemoryFigures {
  readonly name: string;
  readonly title: string;
  /** Tags of the large list, and of the one that its time is compared with. */
  readonly tags: number;
  readonly fewer: number;
  /** Most bytes kept for a tag; megabytes of resident memory above the start; times that the time may grow. */
  readonly bytesATag: number;
  readonly residentMegabytes: number;
  readonly slower: number;
}

const startLimit = 120_000;
const listLimit = 180_000;
/** As many pages as it takes until the code of a listing is compiled. */
const warmUpTags = 1_000;

/** Lists a large repository and a smaller one without latency, each in a process of its own. */
export function memoryCase(figures: MemoryFigures): BenchCase {
  const { name, title, tags, fewer } = figures;
  return {
    name,
    title,
    async run(bench) {
      const small = await list(fewer, bench);
      const large = await list(tags, bench);
      for (const { client } of [small, large]) {
        bench.say(`${name}: ${client.listed} tags in ${Math.round(client.ms)} ms`);
      }
      const growth = large.client.ms / small.client.ms;
      const bytes = large.client.kept! / tags;
      const resident = large.client.residentGrowth / 1024 ** 2;
      return {
        name,
        title,
        measured: large.client.ms,
        runs: [large.client.ms],
        requests: large.hub.requests,
        refusals: large.hub.refusals,
        marks: [
          atMost('count', figures.bytesATag, bytes, `at most ${figures.bytesATag} bytes kept a tag`),
          atMost(
            'time',
            figures.residentMegabytes,
            resident,
            `at most ${figures.residentMegabytes} MB resident above the start`,
          ),
          atMost('time', figures.slower, growth, `${tags} tags at most ${figures.slower} × the time of ${fewer}`),
          atMost('count', 0, tags - large.client.listed + fewer - small.client.listed, 'every tag listed', false),
        ],
        note: `${Math.round(bytes)} bytes kept a tag, ${Math.round(resident)} MB resident above the start; ${fewer} tags in ${Math.round(small.client.ms)} ms, ${growth.toFixed(1)} ×; the event loop was held for ${Math.round(large.client.longestStallMs)} ms at most`,
        hub: large.hub,
        clients: [small.client, large.client],
      };
    },
  };
}

async function list(
  tags: number,
  { folder }: Bench,
): Promise<{ readonly client: ClientReport; readonly hub: HubReport }> {
  const repositories = [
    { name: 'big', old: 0, young: tags },
    { name: 'warm', old: 0, young: warmUpTags },
  ];
  await using hub = await Worker.start('hubProcess.ts', { repositories, latencyMs: 0 } satisfies HubTask);
  const { origin } = await hub.hear<HubStarted>(startLimit);
  const own = await mkdtemp(join(folder, 'run-'));
  const task: ClientTask = { hub: origin, repositories: ['big'], work: 'list', folder: own, warmUp: 'warm' };
  await using worker = await Worker.start('clientProcess.ts', task, ['--expose-gc']);
  await worker.hear(startLimit);
  worker.say('begin');
  const client = await worker.hear<ClientReport>(listLimit);
  hub.say('report');
  return { client, hub: await hub.hear<HubReport>(startLimit) };
}
