import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CalendarNames } from '../../../../src/retention/tags/calendarNames.ts';
import { prepareTags } from '../../../../src/retention/plan/preparedTags.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import {
  comparePrereleases,
  compareReleases,
  parseVersion,
  releaseKey,
  type Version,
} from '../../../../src/retention/tags/version.ts';
import { recordedNames } from './recordedNames.ts';
import { drawn, seededRandom } from '../plan/seededRandom.ts';

const words = ['alpha', 'beta', 'rc', 'dev', 'milestone', 'preview', 'snapshot'];

/** `8.3.0 rc 6`, as the table writes it. */
function reading(version: Version | undefined): string {
  if (!version) return 'none';
  const [rank, ...counts] = version.prerelease ?? [];
  const word = words.find((each) => parseVersion(`1.0.0-${each}1`)?.prerelease?.[0] === rank);
  return [version.numbers.join('.'), ...(word === undefined ? [] : [word]), ...counts].join(' ');
}

function read(name: string): string {
  const version = parseVersion(name);
  return version?.line ? `${reading(version)} | ${version.line}` : reading(version);
}

interface Row {
  readonly tag: string;
  readonly reading: string;
  readonly line: string;
  readonly why: string;
}

const text = readFileSync(new URL('recordedVersions.md', import.meta.url), 'utf8');

function tableRows(): Row[] {
  return text.split('\n').flatMap((line) => {
    const [, tag, as, suffix, why] = /^\| `([^`]+)` \| ([^|]+) \| (?:`([^`]+)`)? ?\| ([^|]+) \|$/.exec(line) ?? [];
    return tag === undefined ? [] : [{ tag, reading: as!, line: suffix ?? '', why: why! }];
  });
}

/** `monthly | 2024.10.9 | 2024.10.9 |  | versions`, as the second table has it. */
function neighborRows(): string[] {
  return text.split('\n').flatMap((line) => {
    const [, repository, tag, as, suffix, group] =
      /^\| ([^|`]+) \| `([^`]+)` \| ([^|]+) \| (?:`([^`]+)`)? ?\| ([^|]*) ?\| [^|]+ \|$/.exec(line) ?? [];
    return tag === undefined ? [] : [[repository, tag, as, suffix ?? '', group!.trim()].join(' | ')];
  });
}

/** The same as it is read. */
function readWithNeighbors(repository: string, names: readonly string[]): string[] {
  const prepared = atOnce(
    prepareTags(
      { namespace: 'team', name: 'api' },
      names.map((name, pushedAt) => ({ name, pushedAt })),
    ),
  );
  return names.map((name, index) => {
    const kinds = prepared.lines
      .filter((line) => line.releases.includes(index) || line.prereleases.includes(index))
      .map(({ kind }) => kind);
    return [
      repository,
      name,
      reading(prepared.versions[index]),
      prepared.versions[index]?.line ?? '',
      kinds.length > 1 ? 'both' : (kinds[0] ?? ''),
    ].join(' | ');
  });
}

describe('parseVersion', () => {
  it('F1, F2: reads names that depend on the repository as a person would', () => {
    const rows = neighborRows();
    assert.equal(rows.length, [...text.matchAll(/^\| [a-z ]+ \| `/gm)].length);
    const names = Map.groupBy(
      rows.map((row) => row.split(' | ')),
      ([repository]) => repository!,
    );
    assert.ok(names.size > 10);
    assert.deepEqual(
      [...names].flatMap(([repository, some]) =>
        readWithNeighbors(
          repository,
          some.map(([, tag]) => tag!),
        ),
      ),
      rows,
    );
  });

  it('reads 200 recorded names, drawn by a fixed seed, as a person would', () => {
    const rows = tableRows();
    const names = [...recordedNames('php'), ...recordedNames('python')];
    assert.equal(names.length, 18_193);
    assert.deepEqual(
      rows.map(({ tag }) => tag),
      drawn(names, 200, seededRandom(1)),
    );
    assert.deepEqual(
      rows.map(({ tag }) => `${tag}: ${read(tag)}`),
      rows.map((row) => `${row.tag}: ${row.reading}${row.line && ` | ${row.line}`}`),
    );
  });

  it('reads every recorded name that begins with a digit, and no other one', () => {
    for (const name of [...recordedNames('php'), ...recordedNames('python')]) {
      assert.equal(parseVersion(name) !== undefined, /^\d/.test(name), name);
    }
  });

  const versions: readonly (readonly [name: string, reading: string, why: string])[] = [
    ['1.2.3', '1.2.3', 'plain'],
    ['v1.2.3', '1.2.3', 'v is spelling'],
    ['V1.2', '1.2', 'also a big one'],
    ['1.2', '1.2', 'floats'],
    ['1', '1', 'floats'],
    ['0.0.0', '0.0.0', 'zeros are numbers'],
    ['1.2.3.4', '1.2.3.4', 'more numbers go on'],
    ['9999', '9999', 'the highest major version'],
    ['1.2.20250101', '1.2.20250101', 'only the first number is bounded'],
    ['1.2.3-alpine3.19', '1.2.3 | alpine3.19', 'a line of its own'],
    ['1.2.3-alpine', '1.2.3 | alpine', 'not an alpha'],
    ['1.2.3_amd64', '1.2.3 | amd64', 'any separator'],
    ['1.2.3.Final', '1.2.3 | Final', 'any separator'],
    ['1.2-slim', '1.2 | slim', 'floats in its line'],
    ['3.14.0rc1', '3.14.0 rc 1', 'Python'],
    ['3.14.0a2', '3.14.0 alpha 2', 'Python'],
    ['3.14.0b3-slim', '3.14.0 beta 3 | slim', 'Python'],
    ['3.14.0.dev5', '3.14.0 dev 5', 'Python'],
    ['1.2.3-rc.1', '1.2.3 rc 1', 'semver'],
    ['1.2.3-beta3', '1.2.3 beta 3', 'with a dash'],
    ['1.2.3-alpha', '1.2.3 alpha', 'without a number'],
    ['1.2.3-beta.1.2', '1.2.3 beta 1 2', 'more numbers'],
    ['1.2.3-RC1-fpm', '1.2.3 rc 1 | fpm', 'capitals'],
    ['2.0.0-M1', '2.0.0 milestone 1', 'Spring'],
    ['2.0.0-SNAPSHOT', '2.0.0 snapshot', 'Maven'],
    ['2rc1', '2 rc 1', 'a word says so, also after one number'],
    ['1.2.3-dev', '1.2.3 | dev', 'an image with compilers; as a line it stays'],
    ['1.2.3-nightly', '1.2.3 | nightly', 'as a line it stays'],
    ['1.2.3-a1', '1.2.3 | a1', 'in doubt a line'],
    ['1.2.3-rcfoo', '1.2.3 | rcfoo', 'only begins like one'],
    ['1.0.2k', '1.0.2 | k', 'in doubt a line'],
    ['1.x', '1 | x', 'in doubt a line'],
    ['1.2.3-fe040d3', '1.2.3 | fe040d3', 'a release and its commit: in doubt a line'],
    ['1.2.3-20250101', '1.2.3 | 20250101', 'a release built again: in doubt a line'],
    ['2025.1', '2025.1', 'a calendar version'],
    ['2024.12.3', '2024.12.3', 'a calendar version'],
    ['22.04', '22.4', 'a calendar version'],
    ['2019-CU27-ubuntu-20.04', '2019 | CU27-ubuntu-20.04', 'SQL Server'],
    ['1809', '1809', 'a bare number up to 9999'],
    ['8-bullseye', '8 | bullseye', 'no hash'],
    ['12-deadbee', '12 | deadbee', 'may be a word'],
  ];
  for (const [name, expected, why] of versions) {
    it(`reads ${name} as ${expected}: ${why}`, () => assert.equal(read(name), expected));
  }

  const none = [
    '',
    'latest',
    'main',
    'v',
    'version',
    'vendor1.2',
    'alpine3.19',
    'cli-alpine3.9',
    'r36.2.0',
    'release-1.2.3',
    'rc',
    '20250101',
    'v20250101',
    '20250101-1',
    '20250101.2',
    '10000',
    '10000.1.2',
    '2025.01.31',
    '2025-01-31',
    '2025_12_01',
    '2025-01-31-alpine',
    '2025.01.31.2',
    '2025-01',
    '2025-1-2',
    'v3.10.0-169-gfe040d3',
    '1.2-5-gfe040d3-dirty',
    'fe040d3',
    '1a2b3c4',
    '1234567',
    '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
    '123-fe040d3',
    '123_0a1b2c3',
    'sha256-0a1b2c3d.sig',
    'RELEASE.2019-10-12T01-39-57Z',
    '64bit',
    '3d',
    '1.2.3-',
    '1.2.',
    '-1.2',
    '1234567890123456',
    '1.1234567890123456',
  ];
  for (const name of none) it(`reads "${name}" as no version`, () => assert.equal(read(name), 'none'));

  it('takes time in proportion to the length of a name', () => {
    for (const hostile of [
      '1.'.repeat(64),
      `1${'.1'.repeat(63)}`,
      `1-${'0'.repeat(126)}`,
      `1.2-${'1-'.repeat(60)}g`,
      `1-${'a'.repeat(126)}`,
      `1.0-rc${'.1'.repeat(60)}x`,
    ]) {
      const startedAt = performance.now();
      for (let i = 0; i < 1000; i++) parseVersion(hostile);
      assert.ok(performance.now() - startedAt < 1000, hostile);
    }
  });
});

describe('CalendarNames', () => {
  const readings: readonly (readonly [reading: string, names: readonly string[], why: string])[] = [
    ['versions', ['2024.10.9', '2024.10.10', '2024.10.11'], 'no day is written 9'],
    ['versions', ['2024.10.10', 'v2024.10.9-alpine'], 'whatever stands around it'],
    ['versions', ['2024.10.10', '2024.10'], 'two numbers are no day'],
    ['versions', ['2024.10.10', '2024.10.32'], 'no month has 32 days'],
    ['versions', ['2024.10.10', '2024.13.10'], 'no year has 13 months'],
    ['versions', ['2024.10.10', '2024.10.100'], 'no day has three digits'],
    ['versions', ['2024.11.30', '2024.11.31'], 'November has 30 days'],
    ['versions', ['2024.10.01', '2024.10.32'], 'both are counted in two digits'],
    ['versions', ['2024.01.10', '2024.01.9'], 'the month is always written in two digits, the patch is not'],
    ['versions', ['2024.01.10', '2024.01.9', '2024.1.0'], 'somebody writes versions with that zero'],
    ['versions', ['2024.10.10', '2024.10.9-3-gabc1234'], 'a commit after version 2024.10.9'],
    ['dates', ['2024.10.10', '2024.10.09'], 'all may be days, and one has the zero of a day'],
    ['dates', ['2024.10.10', 'V2024.01.31-alpine'], 'or that of a month'],
    [
      'dates',
      ['2024.02.29', '2024.10.09.1015', '1.2.3', '2024', '2024-1-2', '812', '2100.1.1', '20241.1', 'build-2024.1.1'],
      'other names do not count',
    ],
    ['doubtful', ['2024.10.10', '2024.12.31'], 'nothing tells'],
    ['doubtful', ['2024.01.31', '2024.1.0'], 'two ways of writing a month'],
    ['doubtful', ['2024.10.09', '2024.10.8'], 'two ways of writing the last number'],
  ];
  for (const [reading, names, why] of readings) {
    it(`F1: reads ${names.join(', ')} as ${reading}: ${why}`, () => {
      for (const some of [names, names.toReversed()]) {
        const calendar = new CalendarNames();
        for (const name of some) calendar.add(name);
        assert.equal(calendar.reading, reading);
      }
    });
  }
});

describe('the order of versions', () => {
  const lowerFirst = [
    '0.9',
    '1.0.0',
    '1.2.3',
    '1.2.3.1',
    '1.2.3.2',
    '1.2.10',
    '1.2',
    '1.10.0',
    '1.10',
    '1',
    '2.0.0',
    '10.0.0',
    '10',
  ];
  const releases = lowerFirst.map((name) => parseVersion(name)!);

  it('is that of the numbers, and what floats is above what it may stand for', () => {
    for (const [i, a] of releases.entries()) {
      for (const [j, b] of releases.entries()) {
        assert.equal(compareReleases(a, b), Math.sign(i - j), `${lowerFirst[i]} and ${lowerFirst[j]}`);
        if (i < j) assert.ok(releaseKey(a) <= releaseKey(b), `${lowerFirst[i]} and ${lowerFirst[j]}`);
      }
    }
  });

  it('is that of all numbers, however large', () => {
    for (const [low, high] of [
      ['1.600000.0', '1.600001.0'],
      ['1.600000.5', '1.600001.0'],
      ['1.2.2000000', '1.2.2000001'],
      ['1.600000.0', '1.600000'],
      ['9999.9.9', '9999'],
    ]) {
      const [a, b] = [parseVersion(low!)!, parseVersion(high!)!];
      assert.equal(compareReleases(a, b), -1, `${low} and ${high}`);
      assert.ok(releaseKey(a) <= releaseKey(b) && Number.isSafeInteger(releaseKey(b)), `${low} and ${high}`);
    }
  });

  it('takes a number that is not written for 0 after the patch', () =>
    assert.equal(compareReleases(parseVersion('1.2.3')!, parseVersion('1.2.3.0')!), 0));

  it('has prereleases from the first development version to the last candidate', () => {
    const lowerFirst = [
      '0.9.0rc9',
      '1.2.0.dev3',
      '1.2.0-SNAPSHOT',
      '1.2.0a1',
      '1.2.0-alpha.2',
      '1.2.0-alpha.10',
      '1.2.0b1',
      '1.2.0-M1',
      '1.2.0-pre',
      '1.2-rc',
      '1.2.0-rc1',
      '1.2.0RC2',
      '1.2.1-alpha',
      '1.10.0-alpha',
    ];
    for (const [i, a] of lowerFirst.entries()) {
      for (const [j, b] of lowerFirst.entries()) {
        assert.equal(
          Math.sign(comparePrereleases(parseVersion(a)!, parseVersion(b)!)),
          Math.sign(i - j),
          `${a} and ${b}`,
        );
      }
    }
    assert.equal(comparePrereleases(parseVersion('1.2-rc')!, parseVersion('1.2.0-rc')!), 0);
  });
});
