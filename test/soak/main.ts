import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { resultsFolder } from '../../scripts/projectPaths.ts';
import { randomPrune, tryPrune } from '../unit/faults/randomPrune.ts';
import { soak, type SoakResult } from './soak.ts';
import { usualFeatures, type SoakFeatures } from './soakFeatures.ts';

const usage = `Kills a run again and again, at random instants, while Docker Hub misbehaves at random, and checks that nothing is lost.

npm run soak -- [options]

  --minutes N   takes at least so long (default 30)
  --kills N     and kills at least so many processes (default 200)
  --random N    random prunes without kills before that (default 1000)
  --seed N      default: another one each time
  --no-attachments, --no-short-lists, --no-cancels, --no-durable-stops, --no-stricter-policies
                leaves that out
  --help        print this

Ends with 1, and the seed, when anything was violated.`;

/** Runs the soak as the command line says. @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      kills: { type: 'string', default: '200' },
      random: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      attachments: { type: 'boolean', default: usualFeatures.attachments },
      'short-lists': { type: 'boolean', default: usualFeatures.shortLists },
      cancels: { type: 'boolean', default: usualFeatures.cancels },
      'durable-stops': { type: 'boolean', default: usualFeatures.durableStops },
      'stricter-policies': { type: 'boolean', default: usualFeatures.stricterPolicies },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const minutes = natural('minutes', values.minutes);
  const [kills, prunes, seed] = [
    natural('kills', values.kills),
    natural('random', values.random),
    natural('seed', values.seed),
  ];
  console.log(`Seed ${seed}.`);
  const features: SoakFeatures = {
    attachments: values.attachments,
    shortLists: values['short-lists'],
    cancels: values.cancels,
    durableStops: values['durable-stops'],
    stricterPolicies: values['stricter-policies'],
  };
  const startedAt = performance.now();
  if (prunes > 0) {
    await fc.assert(fc.asyncProperty(randomPrune, tryPrune), { numRuns: prunes, seed });
    console.log(`${prunes} random prunes without a violation in ${seconds(startedAt)} s.`);
  }
  const folder = join(resultsFolder, `soak-${seed}`);
  // What an earlier soak of this seed left would be taken for an interrupted run.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const time = Math.max(0, minutes * 60_000 - (performance.now() - startedAt));
  const result = await soak({
    seed,
    kills,
    time,
    folder,
    features,
    onProgress: ({ runs, kills, deletes, violations }, s) =>
      console.log(
        `${Math.round(s)} s: ${runs} runs, ${kills} kills, ${deletes} DELETEs, ${violations.length} violations`,
      ),
  });
  console.table(tableOf(result, prunes, Number(seconds(startedAt))));
  for (const violation of result.violations) console.error(violation);
  if (result.violations.length === 0) return 0;
  console.error(`Seed ${seed}; the journals are in ${folder}.`);
  return 1;
}

/** @throws RangeError */
function natural(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new RangeError(`--${name} must be a whole number, not "${text}".`);
  return Number(text);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}

function tableOf(
  { outcomes, violations, ...counts }: SoakResult,
  prunes: number,
  took: number,
): Record<string, number> {
  return { 'random prunes': prunes, ...counts, ...outcomes, violations: violations.length, seconds: took };
}

process.exitCode = await main();
