import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { resultsFolder } from '../../scripts/projectPaths.ts';
import { atMost, type BenchCase } from './benchCase.ts';
import { median } from './median.ts';

const times = v.pipe(v.array(v.pipe(v.number(), v.minValue(0))), v.minLength(1));
const figures = v.object({ activationMs: times, firstRowMs: times, roundTripMs: v.number() });

/** What `npm run bench:host` measured in a real VS Code; this process has none. */
const file = join(resultsFolder, 'hostBench.json');
const howToMake = 'not measured: `npm run bench:host` writes test-results/hostBench.json';

/** Milliseconds that activating may take, and the first row beyond its round trip. */
const activationMs = 25;
const firstRowMs = 150;

/** The two figures of the real host, out of the file that measuring it leaves. */
export const hostCases: readonly BenchCase[] = [
  hostCase('activation', 'activation in the real host', (host) => ({
    times: host.activationMs,
    most: activationMs,
    what: `at most ${activationMs} ms`,
  })),
  hostCase('first-row', 'first row of a 10,000-tag repository in the real host', (host) => ({
    times: host.firstRowMs,
    most: host.roundTripMs + firstRowMs,
    what: `at most one round trip (${host.roundTripMs} ms) + ${firstRowMs} ms`,
  })),
];

function hostCase(
  name: string,
  title: string,
  pick: (host: v.InferOutput<typeof figures>) => { times: number[]; most: number; what: string },
): BenchCase {
  return {
    name,
    title,
    async run() {
      const host = await read();
      if (host === undefined) {
        const { most, what } = pick({ activationMs: [0], firstRowMs: [0], roundTripMs: 100 });
        return { name, title, runs: [], marks: [atMost('time', most, undefined, what)], note: howToMake };
      }
      const { times: runs, most, what } = pick(host);
      return { name, title, measured: median(runs), runs, marks: [atMost('time', most, median(runs), what)] };
    },
  };
}

/** @throws Error for a file that holds something else */
async function read(): Promise<v.InferOutput<typeof figures> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = v.safeParse(figures, JSON.parse(text));
  if (!parsed.success) {
    throw new Error('test-results/hostBench.json does not hold activationMs, firstRowMs and roundTripMs.');
  }
  return parsed.output;
}
