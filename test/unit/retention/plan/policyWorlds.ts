import fc from 'fast-check';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import type { Policy } from '../../../../src/retention/policy/policy.ts';
import { type Judgement, planByPolicy, policyCutoff } from '../../../../src/retention/plan/policyPlan.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { judgeNaively } from './naivePolicy.ts';
import { imagesOf } from './imagesOf.ts';

export const DAY = 86_400_000;
export const NOW = Date.UTC(2026, 0, 15, 12, 34, 56, 789);
export const repository = { namespace: 'team', name: 'api' };

/** One repository and all that decides about it. */
export interface World {
  readonly tags: readonly Tag[];
  /** As people write it. */
  readonly policy: Record<string, unknown>;
  readonly protect: readonly string[];
  readonly usedTags: readonly string[];
  readonly usedDigests: readonly string[];
  readonly immutable: readonly string[];
}

const digests = Array.from({ length: 8 }, (_, i) => `sha256:${String(i).repeat(12)}${'0'.repeat(52)}`);

const numbers = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 })).map((each) => each.join('.')),
  fc
    .tuple(fc.integer({ min: 1, max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 1 }), fc.nat({ max: 2 }))
    .map((each) => each.join('.')),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 3 })).map((each) => each.join('.')),
  fc.integer({ min: 1, max: 3 }).map(String),
);
const words = fc.constantFrom('', '', '', '', 'rc1', '-rc.2', 'RC3', '-beta3', '-alpha', '-rc');
const suffixes = fc.constantFrom('', '', '', '-alpine', '-alpine3.19');
const versionNames = fc.tuple(fc.constantFrom('', '', 'v'), numbers, words, suffixes).map((parts) => parts.join(''));
const otherNames = fc.constantFrom(
  'latest',
  'Latest',
  'main',
  'build-1',
  'build-2',
  'build-10',
  'stable-a',
  '20250101',
  '2025.01.31',
  '2025-01-31',
  '10000',
  'v1.2.3-4-gabcdef0',
  '12-abc1234',
  'fe040d3',
  '3.14.0a2',
  '1.0.0b1',
  'sha256-1.sig',
);

/** Numbers of builds, some of them those of major versions. */
const buildNames = fc
  .tuple(
    fc.constantFrom('', '', 'v'),
    fc.constantFrom('0', '1', '2', '3', '4', '10', '811', '812', '2024'),
    words,
    suffixes,
  )
  .map((parts) => parts.join(''));

/** Dotted names that begin with a year, all written in one way. */
function calendarNames(months: readonly string[], days: readonly string[]): fc.Arbitrary<string> {
  const dotted = fc
    .tuple(fc.constantFrom('2024', '2024', '2023'), fc.constantFrom(...months), fc.constantFrom(...days))
    .map((parts) => parts.join('.'));
  return fc
    .tuple(fc.constantFrom('', '', '', 'v'), dotted, fc.constantFrom('', '', '', '', '', '', '.2', 'rc1'), suffixes)
    .map((parts) => parts.join(''));
}
const dates = calendarNames(['01', '02', '09', '10', '12'], ['01', '05', '10', '11', '28']);
const lateDates = calendarNames(['10', '11', '12'], ['10', '11', '28']);
const calendarVersions = calendarNames(['1', '9', '10', '12'], ['0', '9', '10', '11']);
const paddedMonths = calendarNames(['02', '09', '10'], ['0', '9', '10', '11', '30']);
const paddedMonthsOnly = calendarNames(['02', '10'], ['10', '11', '30']);
const counted = calendarNames(['01', '10'], ['01', '09', '10', '31', '32']);
const oddNames = fc.constantFrom(
  '2024',
  '2023',
  '2024.10',
  '2024.1',
  '2024.10-alpine',
  '2024.10.100',
  '2024.13.01',
  '2024.02.30',
);
const weighted = (most: fc.Arbitrary<string>, some: fc.Arbitrary<string>, weight: number): fc.Arbitrary<string> =>
  fc.oneof({ weight: weight - 1, arbitrary: most }, { weight: 1, arbitrary: some });
const plainNames = weighted(versionNames, otherNames, 5);
const withBuilds = weighted(plainNames, buildNames, 2);

const floatingNames = fc.constantFrom(
  '0',
  '1',
  '2',
  '3',
  'v3',
  '4',
  '7',
  '2.1',
  '2.0.1',
  '3.0.0',
  '3.1.0',
  '4.0.0',
  '5.0.0',
);
const fewDates = fc.constantFrom('2024', '2023', '7', '8', '2.1.0', '1.0.0', '2024.10.10', '2024.11.12', '2023.12.10');

/** Names as people give them in one repository, most of them versions that are near one another. */
const namings: readonly fc.Arbitrary<string>[] = [
  plainNames,
  plainNames,
  plainNames,
  weighted(plainNames, oddNames, 10),
  withBuilds,
  buildNames,
  weighted(buildNames, versionNames, 3),
  floatingNames,
  fewDates,
  weighted(dates, withBuilds, 4),
  weighted(lateDates, withBuilds, 4),
  weighted(calendarVersions, withBuilds, 4),
  weighted(paddedMonths, withBuilds, 4),
  counted,
  weighted(dates, calendarVersions, 2),
  weighted(lateDates, calendarVersions, 6),
  weighted(dates, paddedMonths, 3),
  weighted(paddedMonthsOnly, weighted(paddedMonths, calendarVersions, 2), 3),
  weighted(dates, oddNames, 12),
  weighted(lateDates, oddNames, 12),
];

const instants = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -12, max: 12 }).map((days) => NOW - 90 * DAY + days * DAY) },
  { weight: 2, arbitrary: fc.integer({ min: -2, max: 2 }).map((ms) => NOW - (NOW % 60_000) - 90 * DAY + ms) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: NOW + DAY }) },
  { weight: 2, arbitrary: fc.constantFrom(undefined, undefined, NaN, -Infinity) },
);

/** A whole listing; digests and dates meet often, and some digests are those of others' platforms. */
export const listings = fc.constantFrom(...namings).chain(listingsOf);

function listingsOf(names: fc.Arbitrary<string>): fc.Arbitrary<Tag[]> {
  return fc.uniqueArray(
    fc.record(
      {
        name: names,
        digest: fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom(...digests) },
          { weight: 2, arbitrary: fc.constant(undefined) },
        ),
        pushedAt: instants,
        pulledAt: instants,
        images: fc.oneof(
          { weight: 4, arbitrary: fc.constant(undefined) },
          {
            weight: 1,
            arbitrary: fc.subarray(digests, { minLength: 1, maxLength: 2 }).map((some) => imagesOf(...some)),
          },
        ),
      },
      { requiredKeys: ['name'] },
    ),
    { selector: ({ name }) => name, maxLength: 24, size: 'max' },
  );
}

const count = (min: number) => fc.integer({ min, max: 3 });

/** Patterns that match some of the names. */
export const patternLists = fc.array(
  fc.constantFrom('latest', 'v*', '1.*', '*-alpine*', '*.0', 'build-?', '{2,3}.*', '*[!0-9]'),
  { maxLength: 2 },
);

export const policies = fc
  .record(
    {
      olderThan: fc.constantFrom('90 days', '80 days', '3 months', '2025-10-10'),
      agedBy: fc.constantFrom('pushed', 'used'),
      tags: fc.oneof(
        fc.constant(['*']),
        fc.array(fc.constantFrom('v*', '[0-9]*', '*-alpine*', '*', '?.?', 'build-*'), { minLength: 1, maxLength: 2 }),
      ),
      protect: patternLists,
      keepNewest: fc.nat({ max: 4 }),
      keepVersions: fc
        .record({ majors: count(1), minors: count(1), patches: count(1), prereleases: count(0) }, { requiredKeys: [] })
        .filter((levels) => Object.keys(levels).length > 0),
      keepAliases: fc.boolean(),
      keepReferenced: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .filter(
    ({ olderThan, keepNewest, keepVersions }) =>
      olderThan !== undefined || (keepNewest ?? 0) > 0 || keepVersions !== undefined,
  )
  .map((policy): Record<string, unknown> => ({ repositories: ['*/*'], ...policy }));

function fewOf(items: readonly string[]): fc.Arbitrary<string[]> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray([...items], { maxLength: Math.min(2, items.length) }) },
  );
}

/** Everything that decides, generated. */
export const worlds: fc.Arbitrary<World> = listings.chain((tags) =>
  fc.record({
    tags: fc.constant(tags),
    policy: policies,
    protect: patternLists,
    usedTags: fewOf(tags.map(({ name }) => name)),
    usedDigests: fewOf(digests),
    immutable: fewOf(tags.map(({ name }) => name)),
  }),
);

/** The same runs each time; fast-check names the seed when one fails. */
export const seeded = { seed: 20_260_215, numRuns: 400 } as const;

/** Judges a world as the extension does. */
export function judged(world: World): Judgement {
  const policy = checkPolicy(world.policy, NOW);
  const [tags, digests] = [placesOf(world.usedTags), placesOf(world.usedDigests)];
  return planByPolicy({
    repository,
    tags: world.tags,
    policy,
    now: NOW,
    asOf: NOW,
    protect: compileProtect(world.protect),
    uses: { tags, digests },
    isImmutable: (name) => world.immutable.includes(name),
  });
}

/** Judges a world the naive way: all reasons of each tag, none where it goes. */
export function judgedNaively(world: World): Map<string, string[]> {
  const policy: Policy = checkPolicy(world.policy, NOW);
  const { tags, protect, immutable } = world;
  return judgeNaively(tags, {
    policy,
    asOf: NOW,
    cutoff: policyCutoff(policy, NOW),
    protect,
    usedTags: placesOf(world.usedTags),
    usedDigests: placesOf(world.usedDigests),
    immutable: new Set(immutable),
  });
}

/** All reasons of each tag in the notation of `judgeNaively`. */
export function reasonTexts({ plan, reasonsOf }: Judgement): Map<string, string[]> {
  return new Map(
    plan.verdicts.map(({ tag }) => [
      tag.name,
      reasonsOf(tag).map((reason) => {
        if (reason.kind === 'protected') return `protected ${reason.pattern}`;
        if (reason.kind === 'referenced') return `referenced ${reason.place}`;
        if (reason.kind === 'alias' || reason.kind === 'attachedTo') return `${reason.kind} ${reason.of}`;
        return reason.kind === 'younger' && reason.than !== undefined ? 'younger than' : reason.kind;
      }),
    ]),
  );
}

/** The names of the tags that go. */
export function goingOf({ plan }: Judgement): string[] {
  return plan.going.map(({ name }) => name);
}

function placesOf(used: readonly string[]): Map<string, string> {
  return new Map(used.map((each, at) => [each, `deploy.yaml:${at + 1}`]));
}
