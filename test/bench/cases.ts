import type { BenchCase } from './benchCase.ts';
import { hostCases } from './hostCase.ts';
import { memoryCase } from './memoryCase.ts';
import { planCase } from './planCase.ts';
import { tagCase } from './tagCase.ts';

/** Tags that stay in each repository that is pruned. */
const young = 50;
const web = (old: number) => [{ name: 'web', old, young }];
const perMinute = { limit: 180, windowSeconds: 60 };
const perSixSeconds = { limit: 100, windowSeconds: 6 };
/** More than anybody asks for, and not a word of it. */
const untold = { limit: 1_000_000, windowSeconds: 60, sendHeaders: false };
const perQuarter = { limit: 300, windowSeconds: 15 };

/** The cases of `npm run bench`, in the order in which they run. */
export const cases: readonly BenchCase[] = [
  tagCase({
    name: 'list-10000',
    title: 'list 10,000 tags, 100 ms an answer',
    work: 'list',
    repositories: [{ name: 'web', old: 0, young: 10_000 }],
    latencyMs: 100,
    runs: 3,
    limit: 60,
    reach: { partOfOrigin: 6, ideal: 1.3 },
  }),
  tagCase({
    name: 'delete-400',
    title: 'delete 400, allowance 180 in 60 s, 100 ms',
    work: 'prune',
    repositories: web(400),
    latencyMs: 100,
    allowance: perMinute,
    limit: 300,
    reach: { ideal: 1.03, refusals: 0 },
  }),
  tagCase({
    name: 'delete-540',
    title: 'delete 540, allowance 100 in 6 s, 20 ms',
    work: 'prune',
    repositories: web(540),
    latencyMs: 20,
    allowance: perSixSeconds,
    limit: 180,
    reach: { ideal: 1.1, refusalsAWindow: 1 },
  }),
  tagCase({
    name: 'delete-1050',
    title: 'delete 1,050, allowance 300 in 15 s, 100 ms',
    work: 'prune',
    repositories: web(1_050),
    latencyMs: 100,
    allowance: perQuarter,
    limit: 240,
    reach: { ideal: 1.1, refusalsAWindow: 1 },
  }),
  tagCase({
    name: 'delete-1050-aligned',
    title: 'the same, windows aligned to the wall clock',
    work: 'prune',
    repositories: web(1_050),
    latencyMs: 100,
    allowance: { ...perQuarter, alignedToClock: true },
    limit: 240,
    reach: { ideal: 1.1, refusalsAWindow: 10 },
  }),
  tagCase({
    name: 'delete-2000',
    title: 'delete 2,000, no allowance, 100 ms',
    work: 'prune',
    repositories: web(2_000),
    latencyMs: 100,
    limit: 240,
    reach: { partOfOrigin: 4, refusals: 0 },
  }),
  tagCase({
    name: 'delete-540-silent',
    title: 'delete 540, allowance 100 in 6 s, 20 ms, no rate headers, 429 without a time',
    work: 'prune',
    repositories: web(540),
    latencyMs: 20,
    allowance: { ...perSixSeconds, sendHeaders: false },
    retryAfter: 'none',
    limit: 300,
    reach: { ideal: 1.5 },
  }),
  tagCase({
    name: 'lone-429',
    title: 'delete 500, 100 ms, no rate headers, one 429 with Retry-After 2 while listing',
    work: 'prune',
    repositories: web(500),
    latencyMs: 100,
    allowance: untold,
    loneRefusal: { skip: 2, seconds: 2 },
    limit: 120,
    besideOrigin: false,
    reach: { timesWithout: 1.2, refusals: 1 },
  }),
  tagCase({
    name: 'two-clients',
    title: 'two clients delete 525 each, one allowance of 300 in 15 s, 100 ms',
    work: 'prune',
    repositories: [
      { name: 'web', old: 525, young },
      { name: 'api', old: 525, young },
    ],
    latencyMs: 100,
    allowance: perQuarter,
    limit: 240,
    besideOrigin: false,
    reach: { ideal: 1.1, slowerToFaster: 1.2, refusals: 20 },
  }),
  planCase({
    name: 'plan-200000',
    title: 'plan 200,000 tags, a quarter of them attachments, every rule on',
    tags: 200_000,
    runs: 3,
    firstMs: 1_500,
    againMs: 500,
  }),
  memoryCase({
    name: 'list-200000',
    title: 'list 200,000 tags, no latency',
    tags: 200_000,
    fewer: 20_000,
    bytesATag: 400,
    residentMegabytes: 250,
    slower: 11,
  }),
  ...hostCases,
];

const perTwoSeconds = { limit: 20, windowSeconds: 2 };
const few = { young: 5 };

/** The same with small numbers, for the counts: a few seconds in all. Their times say nothing. */
export const shortCases: readonly BenchCase[] = [
  tagCase({
    name: 'list',
    title: 'list 250 tags, 5 ms',
    work: 'list',
    repositories: [{ name: 'web', old: 0, young: 250 }],
    latencyMs: 5,
    limit: 30,
    reach: { ideal: 1.3, refusals: 0 },
  }),
  tagCase({
    name: 'delete',
    title: 'delete 50, allowance 20 in 2 s, 5 ms',
    work: 'prune',
    repositories: [{ name: 'web', old: 50, ...few }],
    latencyMs: 5,
    allowance: perTwoSeconds,
    limit: 60,
    reach: { ideal: 1.1, refusalsAWindow: 1 },
  }),
  tagCase({
    name: 'delete-aligned',
    title: 'delete 50, aligned windows',
    work: 'prune',
    repositories: [{ name: 'web', old: 50, ...few }],
    latencyMs: 5,
    allowance: { ...perTwoSeconds, alignedToClock: true },
    limit: 60,
    reach: { ideal: 1.1, refusalsAWindow: 10 },
  }),
  tagCase({
    name: 'delete-free',
    title: 'delete 110, no allowance, 5 ms',
    work: 'prune',
    repositories: [{ name: 'web', old: 110, ...few }],
    latencyMs: 5,
    limit: 60,
    reach: { refusals: 0 },
  }),
  tagCase({
    name: 'delete-silent',
    title: 'delete 30, no rate headers, 429 without a time',
    work: 'prune',
    repositories: [{ name: 'web', old: 30, ...few }],
    latencyMs: 5,
    allowance: { ...perTwoSeconds, sendHeaders: false },
    retryAfter: 'none',
    limit: 60,
    reach: { ideal: 1.5 },
  }),
  tagCase({
    name: 'lone-429',
    title: 'delete 30, no rate headers, one 429 while listing',
    work: 'prune',
    repositories: [{ name: 'web', old: 30, ...few }],
    latencyMs: 5,
    allowance: untold,
    loneRefusal: { skip: 0, seconds: 1 },
    limit: 60,
    besideOrigin: false,
    reach: { timesWithout: 1.2, refusals: 1 },
  }),
  tagCase({
    name: 'two-clients',
    title: 'two clients delete 15 each, one allowance of 20 in 2 s',
    work: 'prune',
    repositories: [
      { name: 'web', old: 15, ...few },
      { name: 'api', old: 15, ...few },
    ],
    latencyMs: 5,
    allowance: perTwoSeconds,
    limit: 60,
    besideOrigin: false,
    // One end of a window, at which no more is refused than two clients can have in flight.
    reach: { ideal: 1.1, slowerToFaster: 1.2, refusals: 20 },
  }),
  planCase({
    name: 'plan',
    title: 'plan 5,000 tags, a quarter of them attachments, every rule on',
    tags: 5_000,
    runs: 1,
    firstMs: 1_500,
    againMs: 500,
  }),
  // Of a short list, a fifth is not the tags'.
  memoryCase({
    name: 'list-many',
    title: 'list 3,000 tags, no latency',
    tags: 3_000,
    fewer: 500,
    bytesATag: 500,
    residentMegabytes: 250,
    slower: 11,
  }),
];
