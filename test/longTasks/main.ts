import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setImmediate as turn } from 'node:timers/promises';
import { buildExtension, distFolder } from '../../scripts/extensionBuild.ts';
import { scratchFolder } from '../unit/runs/journal/scratchFolder.ts';
import { useVscodeDouble } from './vscodeDouble.ts';

const usage = `How long each step of a prune of very many tags, and of the search for their uses, holds the thread; and each look into a workspace of many files.

npm run longtasks -- [--tags N]   default 200000; what is done with tags
npm run longtasks -- scan-20000   looks into 20,000 files of 100 MB

"longest" is the longest time between two turns of the event loop; "processor" what this thread took of it, without what others on the
machine take.`;

/** Cases by their names, each in a folder of its own. */
const cases: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  'scan-20000': async (folder) => {
    await buildExtension();
    const { scanSteps } = await import('./scanSteps.ts');
    await scanSteps(20_000, folder, join(distFolder, 'readerProgram.cjs'), measure);
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tags: { type: 'string', default: '200000' }, help: { type: 'boolean', default: false } },
});
if (values.help) console.log(usage);
else if (positionals.length === 0) await main(Number(values.tags));
else for (const name of positionals) await runCase(name);

async function runCase(name: string): Promise<void> {
  const work = cases[name];
  if (!work) throw new RangeError(`There is no case ${name}, only ${Object.keys(cases).join(', ')}`);
  useVscodeDouble();
  await using folder = await scratchFolder();
  head(name);
  await work(folder.path);
}

function head(what: string): void {
  console.log(what.padEnd(30), 'longest'.padStart(10), 'processor'.padStart(12), 'in all'.padStart(12));
}

async function main(tags: number): Promise<void> {
  if (!Number.isSafeInteger(tags) || tags < 1000 || tags % 100 !== 0) {
    throw new RangeError(`--tags takes hundreds, at least 1000, not ${values.tags}`);
  }
  useVscodeDouble();
  const { steps } = await import('./steps.ts');
  await using folder = await scratchFolder();
  head(`${tags.toLocaleString('en')} tags`);
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
  console.log(
    name.padEnd(30),
    `${longest.toFixed(0)} ms`.padStart(10),
    `${longestCpu.toFixed(0)} ms`.padStart(12),
    `${took.toFixed(0)} ms`.padStart(12),
  );
  return result;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
