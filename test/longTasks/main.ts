import { parseArgs } from 'node:util';
import { setImmediate as turn } from 'node:timers/promises';
import { scratchFolder } from '../unit/pruning/scratchFolder.ts';
import { useVscodeDouble } from './vscodeDouble.ts';

const usage = `How long each step of a prune of very many tags, and of the search for their uses, holds the thread.

npm run longtasks -- [--tags N]   default 200000

"longest" is the longest time between two turns of the event loop; "processor" what this thread took of it, without what others on the
machine take.`;

const { values } = parseArgs({ options: { tags: { type: 'string', default: '200000' }, help: { type: 'boolean', default: false } } });
if (values.help) console.log(usage);
else await main(Number(values.tags));

async function main(tags: number): Promise<void> {
  if (!Number.isSafeInteger(tags) || tags < 1000 || tags % 100 !== 0) throw new RangeError(`--tags takes hundreds, at least 1000, not ${values.tags}`);
  useVscodeDouble();
  const { steps } = await import('./steps.ts');
  await using folder = await scratchFolder();
  console.log(`${tags.toLocaleString('en')} tags`.padEnd(30), 'longest'.padStart(10), 'processor'.padStart(12), 'in all'.padStart(12));
  await steps(tags, folder.path, measure);
  await (await import('./panel.ts')).panelSteps(measure);
  await (await import('./doubts.ts')).doubtSteps(measure);
  await (await import('./hostileGlobs.ts')).hostileGlobs(Math.min(tags, 20_000), measure);
}

async function measure<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  await turn();
  let [longest, longestCpu, on] = [0, 0, true];
  let [last, lastCpu] = [performance.now(), cpuMs()];
  const look = () => {
    const [now, cpu] = [performance.now(), cpuMs()];
    longest = Math.max(longest, now - last);
    longestCpu = Math.max(longestCpu, cpu - lastCpu);
    [last, lastCpu] = [now, cpu];
    if (on) setImmediate(look);
  };
  setImmediate(look);
  const startedAt = performance.now();
  const result = await work();
  const took = performance.now() - startedAt;
  await turn();
  on = false;
  console.log(name.padEnd(30), `${longest.toFixed(0)} ms`.padStart(10), `${longestCpu.toFixed(0)} ms`.padStart(12), `${took.toFixed(0)} ms`.padStart(12));
  return result;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
