import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import fc from 'fast-check';
import { parseListedTag } from '../../../../src/hub/listing/tagRow.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { parseInstant } from '../../../../src/retention/tags/instant.ts';
import type { Verdict } from '../../../../src/retention/plan/plan.ts';
import { policyOlderThan } from '../../../../src/retention/policy/policy.ts';
import { exceedsShare, judge, planByPolicy, policyCutoff } from '../../../../src/retention/plan/policyPlan.ts';
import { prepareTags } from '../../../../src/retention/plan/preparedTags.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import { compareNames, type Tag } from '../../../../src/retention/tags/tag.ts';
import {
  DAY,
  goingOf,
  judged,
  judgedNaively,
  listings,
  NOW,
  patternLists,
  policies,
  reasonTexts,
  repository,
  seeded,
  type World,
  worlds,
} from './policyWorlds.ts';
import { recordedNames } from '../tags/recordedNames.ts';
import { drawn, seededRandom } from './seededRandom.ts';
import { planByAge } from './planByAge.ts';
import { imagesOf } from './imagesOf.ts';

const plain: World = { tags: [], policy: {}, protect: [], usedTags: [], usedDigests: [], immutable: [] };

/** Tags from the newest to the oldest, all pushed more than 90 days ago; `name=image` gives two names one image. */
function older(...names: readonly string[]): Tag[] {
  return names.map((each, i) => {
    const [name, image] = each.split('=') as [string, string | undefined];
    return { name, ...(image !== undefined && { digest: `sha256:${image}` }), pushedAt: NOW - (100 + i) * DAY };
  });
}

function world(tags: readonly Tag[], policy: Record<string, unknown>, more: Partial<World> = {}): World {
  return { ...plain, tags, policy: { repositories: ['*/*'], ...policy }, ...more };
}

function verdictText({ tag, reason }: Verdict): string {
  switch (reason.kind) {
    case 'protected':
      return `${tag.name}: protected ${reason.pattern}`;
    case 'referenced':
      return `${tag.name}: referenced ${reason.place}`;
    case 'newest':
      return `${tag.name}: newest ${reason.count}`;
    case 'version':
      return `${tag.name}: ${reason.level}${reason.of === undefined ? '' : ` of ${reason.of}`}`;
    case 'younger':
      return `${tag.name}: younger${reason.than === undefined ? '' : ` than ${reason.than}`}`;
    case 'alias':
      return `${tag.name}: alias of ${reason.of}`;
    default:
      return `${tag.name}: ${reason.kind}`;
  }
}

/** `name: why` by name. */
function verdicts(given: World): string[] {
  return judged(given).plan.verdicts.map(verdictText).sort(compareNames);
}

/** The worlds out of recorded lists: real names, digests and dates. */
function recordedListings(): Tag[][] {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../../hub/recorded/${file}`, import.meta.url), 'utf8'));
  interface Row {
    readonly name: string;
    readonly digest?: string;
    readonly tag_last_pushed?: string;
    readonly tag_last_pulled?: string;
    readonly last_updated?: string;
  }
  const found: Tag[][] = [];
  const collect = (value: unknown): void => {
    if (!Array.isArray(value)) {
      if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
      return;
    }
    const rows = value as Row[];
    if (
      rows.length === 0 ||
      rows.some(
        (row) =>
          typeof row !== 'object' ||
          row === null ||
          !('name' in row) ||
          !('tag_last_pushed' in row || 'last_updated' in row) ||
          'tags' in row,
      )
    ) {
      return value.forEach(collect);
    }
    found.push(
      rows.map((row) => ({
        name: row.name,
        digest: row.digest,
        pushedAt: parseInstant(row.tag_last_pushed ?? row.last_updated),
        pulledAt: parseInstant(row.tag_last_pulled),
      })),
    );
  };
  for (const file of [
    'namespace-dustynv-2025-05.json',
    'tags-crazymax-diun-2023-02.json',
    'tags-library-redis-2025-10.json',
  ]) {
    collect(read(file));
  }
  return found;
}

/** Recorded names with images and dates that are made up, as all tags of one release share them. */
function listingOf(names: readonly string[], random: () => number): Tag[] {
  return names.map((name) => ({
    name,
    ...(random() < 0.9 && { digest: `sha256:${Math.floor(random() * names.length * 0.7)}` }),
    ...(random() < 0.97 && { pushedAt: NOW - Math.floor(random() * 2000) * DAY }),
    pulledAt: NOW - Math.floor(random() * 2000) * DAY,
  }));
}

describe('planByPolicy', () => {
  it('names the strongest reason, and all of them when asked', () => {
    const tags: Tag[] = [...older('v1.0.0=a', 'v0.9.0=b'), { name: 'future', pushedAt: NOW + 1 }, { name: 'unknown' }];
    const given = world(
      tags,
      { olderThan: '90 days', keepNewest: 1, keepVersions: { majors: 1 }, protect: ['v1.*'] },
      { immutable: ['v1.0.0'], usedTags: ['v1.0.0', 'unknown'] },
    );
    assert.deepEqual(verdicts(given), [
      'future: newest 1',
      'unknown: referenced deploy.yaml:2',
      'v0.9.0: major',
      'v1.0.0: immutable',
    ]);
    assert.deepEqual(Object.fromEntries(reasonTexts(judged(given))), {
      'v1.0.0': ['immutable', 'protected v1.*', 'referenced deploy.yaml:1'],
      'v0.9.0': ['version'],
      unknown: ['referenced deploy.yaml:2', 'unknownAge'],
      future: ['newest', 'younger'],
    });
  });

  it('deletes what is older than the age, to the minute, by the reason older', () => {
    const cutoff = policyCutoff(checkPolicy({ repositories: ['*/*'], olderThan: '90 days' }, NOW), NOW)!;
    assert.equal(new Date(cutoff).toISOString(), '2025-10-17T12:34:00.000Z');
    assert.deepEqual(
      verdicts(
        world(
          [
            { name: 'at', pushedAt: cutoff },
            { name: 'before', pushedAt: cutoff - 1 },
          ],
          { olderThan: '90 days' },
        ),
      ),
      ['at: younger than 90 days', 'before: older'],
    );
    assert.equal(judged(world([], { olderThan: '90 days' })).plan.cutoff, cutoff);
  });

  it('never counts an age as less than a day', () => {
    const midnight = Date.UTC(2026, 0, 15);
    const policy = checkPolicy({ repositories: ['*/*'], olderThan: '2026-01-15' }, midnight + DAY);
    assert.equal(policyCutoff(policy, midnight + DAY), midnight);
    assert.equal(policyCutoff(policy, midnight + 3_600_000), midnight + 3_600_000 - DAY);
  });

  it('deletes without an age what no rule keeps, and has no cutoff', () => {
    const { plan } = judged(world(older('a', 'b', 'c'), { keepNewest: 2 }));
    assert.deepEqual(plan.verdicts.map(verdictText), ['c: unkept', 'a: newest 2', 'b: newest 2']);
    assert.ok(!('cutoff' in plan));
  });

  it('never deletes a tag of unknown age or of a date to come', () => {
    const tags: Tag[] = [
      { name: 'missing' },
      { name: 'nan', pushedAt: NaN },
      { name: 'pulled', pulledAt: 0 },
      { name: 'future', pushedAt: NOW + 1 },
      ...older('new', 'old'),
    ];
    assert.deepEqual(verdicts(world(tags, { keepNewest: 1 })), [
      'future: newest 1',
      'missing: unknownAge',
      'nan: unknownAge',
      'new: unkept',
      'old: unkept',
      'pulled: unknownAge',
    ]);
    assert.deepEqual(verdicts(world([{ name: 'a', pushedAt: NOW + 1 }], { olderThan: '1 day' })), ['a: younger']);
  });

  it('counts age by use from the later of push and pull; a pull that is missing counts as never', () => {
    const tags: Tag[] = [
      { name: 'pulled', pushedAt: 0, pulledAt: NOW - DAY },
      { name: 'never', pushedAt: 0 },
      { name: 'pushed', pushedAt: NOW - DAY, pulledAt: 0 },
      { name: 'unknown', pulledAt: 0 },
    ];
    assert.deepEqual(verdicts(world(tags, { olderThan: '90 days', agedBy: 'used' })), [
      'never: older',
      'pulled: younger than 90 days',
      'pushed: younger than 90 days',
      'unknown: unknownAge',
    ]);
    assert.deepEqual(verdicts(world(tags, { olderThan: '90 days' })), [
      'never: older',
      'pulled: older',
      'pushed: younger than 90 days',
      'unknown: unknownAge',
    ]);
  });

  it('leaves alone what the policy does not speak of, and what is no version when it keeps versions and has no age', () => {
    assert.deepEqual(verdicts(world(older('a1', 'b1'), { olderThan: '1 day', tags: ['a*'] })), [
      'a1: older',
      'b1: notCovered',
    ]);
    assert.deepEqual(verdicts(world(older('main', '1.1.0', '1.0.0'), { keepVersions: { minors: 1 } })), [
      '1.0.0: unkept',
      '1.1.0: minor of 1',
      'main: notVersion',
    ]);
    assert.deepEqual(verdicts(world(older('main', '1.0.0'), { keepVersions: { minors: 1 }, olderThan: '1 day' })), [
      '1.0.0: minor of 1',
      'main: older',
    ]);
    assert.deepEqual(verdicts(world(older('1.0.0', 'main'), { keepVersions: { minors: 1 }, keepNewest: 1 })), [
      '1.0.0: newest 1',
      'main: notVersion',
    ]);
  });

  it('protects by the setting and by the policy, both ignoring case', () => {
    assert.deepEqual(
      verdicts(
        world(older('Latest', 'STABLE-1', 'x'), { olderThan: '1 day', protect: ['stable*'] }, { protect: ['latest'] }),
      ),
      ['Latest: protected latest', 'STABLE-1: protected stable*', 'x: older'],
    );
  });

  describe('keepNewest', () => {
    it('counts images, not names', () => {
      assert.deepEqual(
        verdicts(world(older('a=1', 'b=1', 'c=2', 'd=2', 'e=3'), { keepNewest: 2, keepAliases: false })),
        ['a: newest 2', 'b: newest 2', 'c: newest 2', 'd: newest 2', 'e: unkept'],
      );
    });

    it('gives no slot to what stays anyway, but lets it say how new its image is', () => {
      const given = world(
        [...older('latest=1', 'stable=2', 'a=3', 'b=1', 'c=4'), { name: 'unknown', digest: 'sha256:5' }],
        { keepNewest: 1, protect: ['latest', 'stable'], keepAliases: false },
      );
      assert.deepEqual(verdicts(given), [
        'a: unkept',
        'b: newest 1',
        'c: unkept',
        'latest: protected latest',
        'stable: protected stable',
        'unknown: unknownAge',
      ]);
    });

    it('breaks ties by name', () => {
      assert.deepEqual(
        verdicts(
          world(
            ['b', 'a', 'c'].map((name) => ({ name, pushedAt: 5 })),
            { keepNewest: 2 },
          ),
        ),
        ['a: newest 2', 'b: newest 2', 'c: unkept'],
      );
    });

    it('gives slots to what is in use', () => {
      assert.deepEqual(verdicts(world(older('a', 'b', 'c'), { keepNewest: 2 }, { usedTags: ['a'] })), [
        'a: referenced deploy.yaml:1',
        'b: newest 2',
        'c: unkept',
      ]);
    });
  });

  describe('keepVersions', () => {
    const history = older('3.0.0', '2.3.1', '2.3.0', '2.2.5', '2.1.0', '2.0.0', '1.9.2', '1.9.1', '1.0.0');

    it('keeps the last patch of the last 3 minors of the last 2 majors', () => {
      assert.deepEqual(verdicts(world(history, { keepVersions: { majors: 2, minors: 3, patches: 1 } })), [
        '1.0.0: unkept',
        '1.9.1: unkept',
        '1.9.2: unkept',
        '2.0.0: unkept',
        '2.1.0: patch of 2.1',
        '2.2.5: patch of 2.2',
        '2.3.0: unkept',
        '2.3.1: patch of 2.3',
        '3.0.0: patch of 3.0',
      ]);
    });

    it('bounds nothing at a level that is missing, and names the finest one that is bounded', () => {
      assert.deepEqual(
        verdicts(world(history, { keepVersions: { majors: 1 } })).filter((text) => !text.endsWith('unkept')),
        ['3.0.0: major'],
      );
      assert.deepEqual(
        verdicts(world(history, { keepVersions: { minors: 1 } })).filter((text) => !text.endsWith('unkept')),
        ['1.9.1: minor of 1', '1.9.2: minor of 1', '2.3.0: minor of 2', '2.3.1: minor of 2', '3.0.0: minor of 3'],
      );
      assert.deepEqual(
        verdicts(world(history, { keepVersions: { patches: 1 } })).filter((text) => text.endsWith('unkept')),
        ['1.9.1: unkept', '2.3.0: unkept'],
      );
      assert.deepEqual(
        verdicts(world(history, { keepVersions: { prereleases: 1 } })).filter((text) => text.endsWith('unkept')),
        [],
      );
    });

    it('compares by number, not by text or date', () => {
      assert.deepEqual(verdicts(world(older('1.9.0', '1.10.0'), { keepVersions: { minors: 1 } })), [
        '1.10.0: minor of 1',
        '1.9.0: unkept',
      ]);
    });

    it('makes a line of each suffix', () => {
      const given = world(
        older('8.3.2-fpm-alpine3.21', '8.3.2', '8.3.1-fpm-alpine3.20', '8.3.1-fpm-alpine3.21', '8.3.1'),
        { keepVersions: { patches: 1 } },
      );
      assert.deepEqual(verdicts(given), [
        '8.3.1-fpm-alpine3.20: patch of 8.3-fpm-alpine3.20',
        '8.3.1-fpm-alpine3.21: unkept',
        '8.3.1: unkept',
        '8.3.2-fpm-alpine3.21: patch of 8.3-fpm-alpine3.21',
        '8.3.2: patch of 8.3',
      ]);
    });

    it('lets a floating version stay with its minor or major version and take no slot of a patch', () => {
      const given = world(older('2=a', '2.1=a', '2.1.1=a', '2.1.0=b', '2.0=c', '2.0.5=c', '1=d', '1.4=d', '1.4.0=d'), {
        keepVersions: { majors: 1, minors: 1, patches: 2 },
        keepAliases: false,
      });
      assert.deepEqual(verdicts(given), [
        '1.4.0: unkept',
        '1.4: unkept',
        '1: unkept',
        '2.0.5: unkept',
        '2.0: unkept',
        '2.1.0: patch of 2.1',
        '2.1.1: patch of 2.1',
        '2.1: patch of 2.1',
        '2: minor of 2',
      ]);
    });

    it('lets a floating version alone make its minor version exist', () => {
      assert.deepEqual(verdicts(world(older('1.3', '1.2.0', '1.1.0'), { keepVersions: { minors: 2 } })), [
        '1.1.0: unkept',
        '1.2.0: minor of 1',
        '1.3: minor of 1',
      ]);
    });

    it('counts prereleases for no other slot, over the whole line', () => {
      const given = world(older('2.0.0-rc2', '2.0.0-rc1', '1.0.0', '1.0.0-rc9', '2.0.0-rc1-alpine'), {
        keepVersions: { majors: 1, patches: 1, prereleases: 1 },
      });
      assert.deepEqual(verdicts(given), [
        '1.0.0-rc9: unkept',
        '1.0.0: patch of 1.0',
        '2.0.0-rc1-alpine: prerelease of alpine',
        '2.0.0-rc1: unkept',
        '2.0.0-rc2: prerelease',
      ]);
      assert.deepEqual(verdicts(world(older('2.0.0-rc1', '1.0.0'), { keepVersions: { prereleases: 0 } })), [
        '1.0.0: patch of 1.0',
        '2.0.0-rc1: unkept',
      ]);
      assert.deepEqual(verdicts(world(older('2.0.0-rc1', '1.0.0-rc1'), { keepVersions: { majors: 1 } })), [
        '1.0.0-rc1: prerelease',
        '2.0.0-rc1: prerelease',
      ]);
    });

    it('counts two names of one image once, and two images of one version twice', () => {
      assert.deepEqual(
        verdicts(
          world(older('v1.0.2=a', '1.0.2=a', '1.0.1=b', '1.0.0=c'), {
            keepVersions: { patches: 2 },
            keepAliases: false,
          }),
        ),
        ['1.0.0: unkept', '1.0.1: patch of 1.0', '1.0.2: patch of 1.0', 'v1.0.2: patch of 1.0'],
      );
      assert.deepEqual(verdicts(world(older('v1.0.2=a', '1.0.2=b'), { keepVersions: { patches: 1 } })), [
        '1.0.2: patch of 1.0',
        'v1.0.2: unkept',
      ]);
    });

    it('gives no slot to a version that stays anyway', () => {
      assert.deepEqual(
        verdicts(world(older('3.0.0', '2.0.0', '1.0.0'), { keepVersions: { majors: 1 }, protect: ['3.*'] })),
        ['1.0.0: unkept', '2.0.0: major', '3.0.0: protected 3.*'],
      );
      assert.deepEqual(
        verdicts(world([{ name: '3.0.0' }, ...older('2.0.0', '1.0.0')], { keepVersions: { majors: 1 } })),
        ['1.0.0: unkept', '2.0.0: major', '3.0.0: unknownAge'],
      );
    });

    it('has a protected latest not hide the version of its image', () => {
      assert.deepEqual(
        verdicts(
          world(older('latest=a', 'v2.3.1=a', 'v2.3.0=b'), {
            keepVersions: { patches: 1 },
            protect: ['latest'],
            keepAliases: false,
          }),
        ),
        ['latest: protected latest', 'v2.3.0: unkept', 'v2.3.1: patch of 2.3'],
      );
    });
  });

  describe('keepVersions of calendar names', () => {
    const last = { keepVersions: { minors: 1, patches: 1 } };

    it('F1: keeps 2024.10.11 rather than 2024.10.9', () => {
      const expected = ['2024.10.10: unkept', '2024.10.11: patch of 2024.10', '2024.10.9: unkept'];
      assert.deepEqual(verdicts(world(older('2024.10.11', '2024.10.10', '2024.10.9'), last)), expected);
      assert.deepEqual(
        verdicts(world(older('2024.10.11', '2024.10.10', '2024.10.9'), { ...last, olderThan: '90 days' })),
        expected.map((text) => text.replace('unkept', 'older')),
      );
    });

    it('F1: reads names alike whatever their prefix and suffix', () => {
      assert.deepEqual(
        verdicts(
          world(older('v2024.10.11', '2024.10.10', '2024.10.10-alpine', '2024.10.9-alpine', '2024.9.0'), {
            ...last,
            olderThan: '90 days',
          }),
        ),
        [
          '2024.10.10-alpine: patch of 2024.10-alpine',
          '2024.10.10: older',
          '2024.10.9-alpine: older',
          '2024.9.0: older',
          'v2024.10.11: patch of 2024.10',
        ],
      );
    });

    it('F1: keeps the last of builds that are counted in two digits, and of months in two digits', () => {
      assert.deepEqual(verdicts(world(older('2024.10.32', '2024.10.31', '2024.10.01'), last)), [
        '2024.10.01: unkept',
        '2024.10.31: unkept',
        '2024.10.32: patch of 2024.10',
      ]);
      assert.deepEqual(
        verdicts(world(older('2023.06.11', '2023.06.10', '2023.06.9', '2023.06.0'), last)).filter(
          (text) => !text.endsWith('unkept'),
        ),
        ['2023.06.11: patch of 2023.6'],
      );
    });

    it('F1: leaves dates alone, or deletes them by age, all of them', () => {
      const dates = older('2024.10.11', '2024.10.10', '2024.09.30', '1.2.3');
      assert.deepEqual(verdicts(world(dates, last)), [
        '1.2.3: patch of 1.2',
        '2024.09.30: notVersion',
        '2024.10.10: notVersion',
        '2024.10.11: notVersion',
      ]);
      assert.deepEqual(verdicts(world(dates, { ...last, olderThan: '90 days' })), [
        '1.2.3: patch of 1.2',
        '2024.09.30: older',
        '2024.10.10: older',
        '2024.10.11: older',
      ]);
    });

    it('F1: keeps in doubt what either reading keeps, and takes no slot of a version', () => {
      const doubtful = older('2024.10.11', '2024.10.10', '2.1.0', '2.0.0');
      const policy = { keepVersions: { majors: 1, minors: 1, patches: 1 } };
      assert.deepEqual(verdicts(world(doubtful, policy)), [
        '2.0.0: unkept',
        '2.1.0: patch of 2.1',
        '2024.10.10: notVersion',
        '2024.10.11: patch of 2024.10',
      ]);
      assert.deepEqual(verdicts(world(doubtful, { ...policy, olderThan: '90 days' })), [
        '2.0.0: older',
        '2.1.0: patch of 2.1',
        '2024.10.10: older',
        '2024.10.11: patch of 2024.10',
      ]);
      assert.deepEqual(verdicts(world(older('2024.02.01', '2024.01.31', '2024.1.1', '2024.1.0'), policy)), [
        '2024.01.31: notVersion',
        '2024.02.01: patch of 2024.2',
        '2024.1.0: unkept',
        '2024.1.1: patch of 2024.1',
      ]);
    });

    it('F1: deletes nothing more when it prunes again, though the names that told are deleted', () => {
      for (const more of [{}, { olderThan: '90 days' }]) {
        const given = world(older('2024.11.10', '2024.10.11', '2024.10.10', '2024.10.9'), {
          keepVersions: { patches: 1 },
          ...more,
        });
        const going = goingOf(judged(given));
        assert.deepEqual(going, ['2024.10.9', '2024.10.10']);
        assert.deepEqual(
          goingOf(judged({ ...given, tags: given.tags.filter(({ name }) => !going.includes(name)) })),
          [],
        );
      }
    });
  });

  describe('keepVersions of bare numbers', () => {
    it('F2: does not let builds take the slots of releases, nor releases those of builds', () => {
      assert.deepEqual(
        verdicts(world(older('812', '811', '810', '2.1.0', '1.9.0', '0.9.0'), { keepVersions: { majors: 2 } })),
        ['0.9.0: unkept', '1.9.0: major', '2.1.0: major', '810: unkept', '811: major', '812: major'],
      );
    });

    it('F2: the same with a suffix and with a v', () => {
      assert.deepEqual(
        verdicts(
          world(older('812-alpine', 'v811-alpine', '2.1.0-alpine', 'v1.0.0-alpine', 'v7', '2.0.0'), {
            keepVersions: { majors: 1 },
          }),
        ),
        [
          '2.0.0: major',
          '2.1.0-alpine: major of alpine',
          '812-alpine: major of alpine',
          'v1.0.0-alpine: unkept',
          'v7: major',
          'v811-alpine: unkept',
        ],
      );
    });

    it('F2: the same for prereleases', () => {
      assert.deepEqual(
        verdicts(world(older('812-rc1', '811-rc1', '2.1.0-rc1', '2.0.0-rc1'), { keepVersions: { prereleases: 1 } })),
        ['2.0.0-rc1: unkept', '2.1.0-rc1: prerelease', '811-rc1: unkept', '812-rc1: prerelease'],
      );
    });

    it('F2: keeps and deletes a floating major version with its major version', () => {
      const node = older('20', '20.1', '20.1.0', '18', '18.4.0', '16', '16.9.0');
      assert.deepEqual(
        verdicts(world(node, { keepVersions: { majors: 2 } })).filter((text) => text.endsWith('unkept')),
        ['16.9.0: unkept', '16: unkept'],
      );
      assert.deepEqual(verdicts(world(older('21.0.0', '20', '20.1.0'), { keepVersions: { majors: 1 } })), [
        '20.1.0: unkept',
        '20: unkept',
        '21.0.0: major',
      ]);
    });

    it('F2: takes no slot with a number of which there is no version yet', () => {
      assert.deepEqual(verdicts(world(older('22', '20', '20.1.0', '18', '18.4.0'), { keepVersions: { majors: 1 } })), [
        '18.4.0: unkept',
        '18: unkept',
        '20.1.0: major',
        '20: major',
        '22: major',
      ]);
      assert.deepEqual(verdicts(world(older('2', '2.0.0-rc1', '1.5.0'), { keepVersions: { majors: 1 } })), [
        '1.5.0: major',
        '2.0.0-rc1: prerelease',
        '2: major',
      ]);
    });

    it('F2: keeps a number that may be a build or a floating version as either, and it takes no slot of a build', () => {
      const early = older('5', '4', '3', '7.0.0', '6.0.0', '5.0.0');
      assert.deepEqual(verdicts(world(early, { keepVersions: { majors: 1 } })), [
        '3: unkept',
        '4: major',
        '5.0.0: unkept',
        '5: major',
        '6.0.0: unkept',
        '7.0.0: major',
      ]);
      assert.deepEqual(verdicts(world(older('812', '811', '2', '2.1.0', '1.0.0'), { keepVersions: { majors: 1 } })), [
        '1.0.0: unkept',
        '2.1.0: major',
        '2: major',
        '811: unkept',
        '812: major',
      ]);
    });

    it('F2: keeps no more numbers that may be floating versions than the policy has slots', () => {
      const few = older('20', '20.1.0', '18', '18.4.0', '16', '16.9.0', '7', '6');
      assert.deepEqual(
        verdicts(world(few, { keepVersions: { majors: 1 } })).filter((text) => !text.endsWith('unkept')),
        ['20.1.0: major', '20: major', '7: major'],
      );
    });

    it('F2: keeps the last numbers of a repository that has nothing else', () => {
      assert.deepEqual(verdicts(world(older('10', '9', '8', '7'), { keepVersions: { majors: 3 } })), [
        '10: major',
        '7: unkept',
        '8: major',
        '9: major',
      ]);
    });
  });

  describe('keepAliases', () => {
    it('keeps the other names of an image that stays, whatever keeps it', () => {
      const tags: Tag[] = [
        ...older('latest=a', 'build-1=a', '1.0.0=b', 'build-2=b', 'build-3=c'),
        { name: 'unknown', digest: 'sha256:d' },
        { name: 'build-4', digest: 'sha256:d', pushedAt: 0 },
      ];
      const given = world(tags, { olderThan: '1 day', keepVersions: { majors: 1 }, protect: ['latest'] });
      assert.deepEqual(verdicts(given), [
        '1.0.0: major',
        'build-1: alias of latest',
        'build-2: alias of 1.0.0',
        'build-3: older',
        'build-4: alias of unknown',
        'latest: protected latest',
        'unknown: unknownAge',
      ]);
      assert.deepEqual(goingOf(judged({ ...given, policy: { ...given.policy, keepAliases: false } })), [
        'build-4',
        'build-3',
        'build-2',
        'build-1',
      ]);
    });

    it('names the tag that stays for the strongest reason, ties by name', () => {
      assert.deepEqual(
        verdicts(
          world(older('b=a', 'a=a', 'c=a', 'x=a'), { olderThan: '1 day', protect: ['c', 'b'] }, { usedTags: ['a'] }),
        ).at(-1),
        'x: alias of b',
      );
    });

    it('takes tags without a digest for no alias of one another', () => {
      assert.deepEqual(verdicts(world(older('keep', 'go'), { olderThan: '1 day', protect: ['keep'] })), [
        'go: older',
        'keep: protected keep',
      ]);
    });
  });

  describe('keepReferenced', () => {
    const digest = `sha256:${'a'.repeat(64)}`;

    it('keeps what is used by its name, its digest, or the digest of one of its platforms', () => {
      const tags: Tag[] = [
        { name: 'name', pushedAt: 0 },
        { name: 'digest', pushedAt: 0, digest },
        { name: 'platform', pushedAt: 0, digest: 'sha256:b', images: imagesOf('cccccccccccc', digest) },
        { name: 'other', pushedAt: 0, digest: 'sha256:d', images: imagesOf('cccccccccccc') },
      ];
      const given = world(
        tags,
        { olderThan: '1 day', keepAliases: false },
        { usedTags: ['name'], usedDigests: [digest] },
      );
      assert.deepEqual(verdicts(given), [
        'digest: referenced deploy.yaml:1',
        'name: referenced deploy.yaml:1',
        'other: older',
        'platform: referenced deploy.yaml:1',
      ]);
      assert.deepEqual(goingOf(judged({ ...given, policy: { ...given.policy, keepReferenced: false } })).length, 4);
    });
  });

  describe('warns', () => {
    const pulled = (pulls: readonly number[]) =>
      pulls.map((pulledAt, i): Tag => ({ name: `t${i}`, pushedAt: 0, pulledAt }));
    const warningsOf = (
      tags: readonly Tag[],
      policy: Record<string, unknown> = { olderThan: '90 days', agedBy: 'used' },
    ) => judged(world(tags, policy)).warnings;
    const day = Date.UTC(2026, 0, 10, 18);

    it('when nearly all tags that were pulled were so within 24 hours', () => {
      const within = Array.from({ length: 9 }, (_, i) => day + i * 7_200_000);
      assert.deepEqual(warningsOf(pulled([...within, day + DAY - 1, 0])), [
        { kind: 'pulledTogether', count: 10, share: 10 / 11, from: day },
      ]);
      assert.deepEqual(warningsOf(pulled([...within, day + DAY, 0])), [], 'nine are too few');
      assert.deepEqual(warningsOf(pulled([...within, day + DAY - 1, 0, DAY])), [], '10 of 12 are not nearly all');
      assert.equal(
        warningsOf([...pulled([...within, day + 1]), { name: 'never', pushedAt: 0 }]).length,
        1,
        'what was never pulled says nothing',
      );
    });

    it('only a policy that counts age by use', () => {
      const tags = pulled(Array.from({ length: 10 }, () => day));
      assert.equal(warningsOf(tags).length, 1);
      assert.deepEqual(warningsOf(tags, { olderThan: '90 days' }), []);
      assert.deepEqual(warningsOf(tags, { keepNewest: 3, agedBy: 'used' }), []);
    });
  });

  it('says when no tag would be left', () => {
    assert.equal(judged(world(older('a', 'b'), { olderThan: '1 day' })).plan.emptiesRepository, true);
    assert.equal(judged(world(older('a', 'b'), { keepNewest: 1 })).plan.emptiesRepository, false);
    assert.equal(judged(world([], { olderThan: '1 day' })).plan.emptiesRepository, false);
  });

  describe('D10: a pull date that cannot be read', () => {
    const oldest = (name: string, more: Partial<Tag> = {}): Tag => ({ ...older(name)[0]!, ...more });

    it('keeps a tag whose age counts from its use', () => {
      for (const pulledAt of [NaN, Infinity, -Infinity]) {
        assert.deepEqual(
          verdicts(world([oldest('a', { pulledAt }), oldest('b')], { olderThan: '90 days', agedBy: 'used' })),
          ['a: unknownAge', 'b: older'],
          String(pulledAt),
        );
      }
    });

    it('keeps it in each form in which Docker Hub may send one, and not where there is none', () => {
      const tagOf = (date: unknown): Tag =>
        parseListedTag({ name: 'a', tag_last_pushed: '2020-01-01T00:00:00Z', tag_last_pulled: date })!;
      for (const date of ['yesterday', '', 1_700_000_000, '2025-13-01T00:00:00Z', {}]) {
        assert.deepEqual(
          verdicts(world([tagOf(date)], { olderThan: '90 days', agedBy: 'used' })),
          ['a: unknownAge'],
          JSON.stringify(date),
        );
      }
      for (const date of [null, undefined, '0001-01-01T00:00:00Z', '2020-02-01T00:00:00Z']) {
        assert.deepEqual(
          verdicts(world([tagOf(date)], { olderThan: '90 days', agedBy: 'used' })),
          ['a: older'],
          JSON.stringify(date),
        );
      }
      assert.deepEqual(
        verdicts(world([tagOf(new Date(NOW - DAY).toISOString())], { olderThan: '90 days', agedBy: 'used' })),
        ['a: younger than 90 days'],
      );
    });

    it('keeps the other tags of its image as its aliases', () => {
      const tags = [
        oldest('a', { digest: 'sha256:1', pulledAt: NaN }),
        oldest('b', { digest: 'sha256:1' }),
        oldest('c', { digest: 'sha256:2' }),
      ];
      assert.deepEqual(verdicts(world(tags, { olderThan: '90 days', agedBy: 'used' })), [
        'a: unknownAge',
        'b: alias of a',
        'c: older',
      ]);
    });

    it('keeps no tag whose age counts from its push, nor one that is judged by no age', () => {
      const tags = [oldest('a', { pulledAt: NaN }), { ...oldest('b'), pushedAt: NOW - DAY, pulledAt: NaN }];
      assert.deepEqual(verdicts(world(tags, { olderThan: '90 days' })), ['a: older', 'b: younger than 90 days']);
      assert.deepEqual(verdicts(world(tags, { keepNewest: 1, agedBy: 'used' })), ['a: unkept', 'b: newest 1']);
    });

    it('takes a slot of keepNewest all the same: its push is known', () => {
      const tags = [
        oldest('a', { pushedAt: NOW - 95 * DAY, pulledAt: NaN }),
        oldest('b'),
        oldest('c', { pushedAt: NOW - 101 * DAY }),
      ];
      assert.deepEqual(verdicts(world(tags, { olderThan: '90 days', agedBy: 'used', keepNewest: 2 })), [
        'a: unknownAge',
        'b: newest 2',
        'c: older',
      ]);
    });
  });

  it('refuses a listing in which a name comes twice', () => {
    assert.throws(() => judged(world(older('a', 'a'), { olderThan: '1 day' })), /"a" comes twice/);
  });

  it('is frozen, and apart from what it was made of (invariant 1)', () => {
    const tag = { name: 'a', pushedAt: 0 };
    const { plan } = judged(world([tag, { name: 'b' }], { olderThan: '1 day' }));
    for (const part of [
      plan,
      plan.repository,
      plan.verdicts,
      plan.going,
      plan.staying,
      ...plan.verdicts,
      ...plan.verdicts.flatMap((verdict) => [verdict.tag, verdict.reason]),
    ]) {
      assert.ok(Object.isFrozen(part));
    }
    tag.pushedAt = NOW;
    assert.equal(plan.going[0]?.pushedAt, 0);
  });

  it('knows no reasons of a tag that goes or is of another plan', () => {
    const { plan, reasonsOf } = judged(world(older('a', 'b'), { keepNewest: 1 }));
    assert.deepEqual(reasonsOf(plan.going[0]!), []);
    assert.deepEqual(reasonsOf({ name: 'c', pushedAt: NOW - 100 * DAY }), []);
    assert.deepEqual(reasonsOf({ name: 'a', pushedAt: 1 }), []);
    assert.equal(reasonsOf({ ...plan.staying[0]!.tag }).length, 1);
  });

  it('judges prepared tags again by another policy as it judges them anew', () => {
    fc.assert(
      fc.property(worlds, policies, (given, other) => {
        const prepared = atOnce(prepareTags(repository, given.tags));
        for (const policy of [given.policy, other, given.policy]) {
          const rules = { policy: checkPolicy(policy, NOW), now: NOW, asOf: NOW, protect: compileProtect([]) };
          assert.deepEqual(
            atOnce(judge(prepared, rules)).plan,
            planByPolicy({ repository, tags: given.tags, ...rules }).plan,
          );
        }
      }),
      { ...seeded, numRuns: 100 },
    );
  });

  it('is planByAge where the policy says an age alone and nothing is shared or used', () => {
    fc.assert(
      fc.property(listings, patternLists, (tags, protect) => {
        const policy = policyOlderThan({ kind: 'span', text: '90 days', ms: 90 * DAY });
        const alone = tags.map(({ name, pushedAt }) => ({ name, pushedAt }));
        const rules = { repository, tags: alone, protect: compileProtect(protect), asOf: NOW };
        const texts = (plan: { readonly verdicts: readonly Verdict[] }) =>
          plan.verdicts.map(({ tag, verdict, reason }) => `${tag.name} ${verdict} ${reason.kind}`);
        assert.deepEqual(
          texts(planByPolicy({ ...rules, policy, now: NOW }).plan),
          texts(planByAge({ ...rules, cutoff: policyCutoff(policy, NOW)! })),
        );
      }),
      seeded,
    );
  });
});

describe('judging by a policy', () => {
  const agrees = (given: World): void => {
    const naive = judgedNaively(given);
    const real = judged(given);
    assert.deepEqual(reasonTexts(real), new Map(real.plan.verdicts.map(({ tag }) => [tag.name, naive.get(tag.name)])));
    for (const { tag, verdict, reason } of real.plan.verdicts) {
      assert.equal(verdict, naive.get(tag.name)!.length > 0 ? 'keep' : 'delete');
      if (verdict === 'keep') assert.deepEqual(reason, real.reasonsOf(tag)[0]);
    }
  };

  it('agrees with a second, naive implementation in every verdict and every reason', function () {
    this.timeout(120_000);
    const runs = Number(process.env['PRUNER_POLICY_RUNS'] ?? 1500);
    fc.assert(fc.property(worlds, agrees), { ...seeded, numRuns: runs });
  });

  it('agrees with it on the recorded lists', function () {
    this.timeout(30_000);
    const recorded = recordedListings();
    assert.ok(
      recorded.length > 100 && recorded.flat().length > 800,
      `${recorded.length} lists, ${recorded.flat().length} tags`,
    );
    for (const policy of fc.sample(policies, { ...seeded, numRuns: 5 })) {
      for (const tags of recorded) agrees(world(tags, policy, { protect: ['latest'] }));
    }
  });

  it('agrees with it on 300 names of php and python, with images and dates that are made up', function () {
    this.timeout(30_000);
    const random = seededRandom(7);
    for (const policy of [
      { keepVersions: { majors: 1, minors: 2, patches: 1, prereleases: 1 } },
      {
        olderThan: '1 year',
        agedBy: 'used',
        keepNewest: 10,
        keepVersions: { minors: 3, patches: 2 },
        tags: ['[0-9]*'],
        protect: ['*-trixie'],
      },
    ]) {
      const tags = listingOf(
        [...drawn(recordedNames('php'), 240, random), ...drawn(recordedNames('python'), 60, random)].filter(
          (name, at, all) => all.indexOf(name) === at,
        ),
        random,
      );
      agrees(world(tags, policy));
    }
  });

  const wholeLists = (): World[] => {
    const random = seededRandom(3);
    const policy = {
      olderThan: '1 year',
      keepNewest: 20,
      keepVersions: { majors: 2, minors: 3, patches: 1, prereleases: 2 },
      protect: ['*-trixie'],
    };
    return [
      ...(['php', 'python'] as const).map((name) => world(listingOf(recordedNames(name), random), policy)),
      ...recordedListings().map((tags) => world(tags, policy)),
    ];
  };

  /** A tag comes exactly once, those that go oldest first. */
  const isPartition = (given: World): void => {
    const { plan } = judged(given);
    assert.deepEqual(
      [...plan.going, ...plan.staying.map(({ tag }) => tag)].map(({ name }) => name).sort(),
      given.tags.map(({ name }) => name).sort(),
    );
    assert.deepEqual(
      plan.verdicts.map(({ tag }) => tag),
      [...plan.going, ...plan.staying.map(({ tag }) => tag)],
    );
    for (const [at, tag] of plan.going.entries()) {
      assert.ok(
        at === 0 ||
          plan.going[at - 1]!.pushedAt! < tag.pushedAt! ||
          (plan.going[at - 1]!.pushedAt === tag.pushedAt && plan.going[at - 1]!.name < tag.name),
      );
    }
  };

  it('gives every tag exactly one verdict', () => {
    fc.assert(fc.property(worlds, isPartition), seeded);
    for (const given of wholeLists()) isPartition(given);
  });

  it('depends on nothing but what it is given, not even on the order of the listing', () => {
    const shuffled = worlds.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray([...given.tags], { minLength: given.tags.length })),
    );
    fc.assert(
      fc.property(shuffled, ([given, tags]) => {
        const once = judged(given);
        const again = judged({ ...given, tags });
        assert.deepEqual(again.plan, once.plan);
        assert.deepEqual(reasonTexts(again), reasonTexts(once));
      }),
      seeded,
    );
    for (const given of wholeLists()) {
      assert.deepEqual(judged({ ...given, tags: given.tags.toReversed() }).plan, judged(given).plan);
    }
  });

  it('never deletes a tag of unknown age, of a date to come, protected, immutable, in use or not covered', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const protection = compileProtect([...given.protect, ...((given.policy['protect'] ?? []) as string[])]);
        for (const { name, pushedAt, digest } of judged(given).plan.going) {
          assert.ok(pushedAt !== undefined && Number.isFinite(pushedAt) && pushedAt <= NOW, name);
          assert.ok(protection.protectedBy(name) === undefined && !given.immutable.includes(name), name);
          if (given.policy['keepReferenced'] !== false) {
            assert.ok(
              !given.usedTags.includes(name) && !(digest !== undefined && given.usedDigests.includes(digest)),
              name,
            );
          }
        }
      }),
      seeded,
    );
  });

  /** Whoever keeps more, deletes nothing else. */
  const neverMore = (before: World, after: World): void => {
    const first = new Set(goingOf(judged(before)));
    assert.deepEqual(
      goingOf(judged(after)).filter((name) => !first.has(name)),
      [],
    );
  };
  const withPolicy = (given: World, change: Record<string, unknown>): World => ({
    ...given,
    policy: { ...given.policy, ...change },
  });

  /** Each makes one rule keep more; what it is given is generated. */
  const keepingMore: Readonly<Record<string, fc.Arbitrary<(given: World) => World>>> = {
    'an older olderThan': fc
      .integer({ min: 100, max: 400 })
      .map(
        (days) => (given) =>
          given.policy['olderThan'] === undefined
            ? given
            : withPolicy(given, { olderThan: given.policy['olderThan'] === '1 year' ? '2 years' : `${days} days` }),
      ),
    'an olderThan beside keepNewest alone': fc.constant((given) =>
      given.policy['olderThan'] === undefined && given.policy['keepVersions'] === undefined
        ? withPolicy(given, { olderThan: '90 days' })
        : given,
    ),
    'an age by use': fc.constant((given) => withPolicy(given, { agedBy: 'used' })),
    'patterns in the policy': patternLists.map(
      (patterns) => (given) =>
        withPolicy(given, { protect: [...((given.policy['protect'] ?? []) as string[]), ...patterns] }),
    ),
    'patterns in the setting': patternLists.map((patterns) => (given) => ({
      ...given,
      protect: [...given.protect, ...patterns],
    })),
    'a larger keepNewest': fc
      .integer({ min: 1, max: 5 })
      .map((more) => (given) => withPolicy(given, { keepNewest: Number(given.policy['keepNewest'] ?? 0) + more })),
    'more versions of a level': fc
      .tuple(fc.constantFrom('majors', 'minors', 'patches', 'prereleases'), fc.integer({ min: 1, max: 3 }))
      .map(([level, more]) => (given) => {
        const levels = given.policy['keepVersions'] as Record<string, number> | undefined;
        return levels?.[level] === undefined
          ? given
          : withPolicy(given, { keepVersions: { ...levels, [level]: levels[level] + more } });
      }),
    'a level without a bound': fc.constantFrom('majors', 'minors', 'patches', 'prereleases').map((level) => (given) => {
      const { [level]: _, ...others } = (given.policy['keepVersions'] ?? {}) as Record<string, number>;
      return Object.keys(others).length === 0 ? given : withPolicy(given, { keepVersions: others });
    }),
    'keepVersions where there was none': fc
      .record({ majors: fc.integer({ min: 1, max: 2 }), patches: fc.constant(1) })
      .map(
        (keepVersions) => (given) =>
          given.policy['keepVersions'] === undefined ? withPolicy(given, { keepVersions }) : given,
      ),
    keepAliases: fc.constant((given) => withPolicy(given, { keepAliases: true })),
    keepReferenced: fc.constant((given) => withPolicy(given, { keepReferenced: true })),
    'more that is in use': fc
      .nat()
      .map(
        (pick) => (given) =>
          given.tags.length === 0
            ? given
            : { ...given, usedTags: [...given.usedTags, given.tags[pick % given.tags.length]!.name] },
      ),
    'more that is immutable': fc
      .nat()
      .map(
        (pick) => (given) =>
          given.tags.length === 0
            ? given
            : { ...given, immutable: [...given.immutable, given.tags[pick % given.tags.length]!.name] },
      ),
    'fewer tags that it speaks of, with aliases': fc
      .constantFrom('v*', '[0-9]*', '*-alpine*', '?.?')
      .map(
        (pattern) => (given) => (given.policy['tags'] === undefined ? withPolicy(given, { tags: [pattern] }) : given),
      ),
  };
  const withNewestAlone = (given: World): World => {
    const { olderThan: _, keepVersions: __, keepNewest = 0, ...policy } = given.policy;
    return { ...given, policy: { ...policy, keepNewest: Math.max(1, Number(keepNewest)) } };
  };
  for (const [rule, changes] of Object.entries(keepingMore)) {
    it(`never deletes more with ${rule}`, () => {
      let changed = 0;
      fc.assert(
        fc.property(worlds, changes, (given, change) => {
          const before = rule.endsWith('with aliases')
            ? withPolicy(given, { keepAliases: true })
            : rule.endsWith('keepNewest alone')
              ? withNewestAlone(given)
              : given;
          const after = change(before);
          if (after !== before) changed++;
          neverMore(before, after);
        }),
        seeded,
      );
      assert.ok(changed > 30, `only ${changed} worlds were changed`);
    });
  }

  it('never deletes more on the names of php and python when a rule keeps more', function () {
    this.timeout(60_000);
    const changes = Object.values(keepingMore).map((each) => fc.sample(each, { ...seeded, numRuns: 1 })[0]!);
    for (const given of wholeLists().slice(0, 2)) {
      const before = new Set(goingOf(judged(given)));
      assert.ok(before.size > 1000 && before.size < given.tags.length);
      for (const change of changes) assert.ok(goingOf(judged(change(given))).every((name) => before.has(name)));
    }
  });
});

describe('exceedsShare', () => {
  const share = (going: number, of: number, maxShare: number): boolean => {
    const tags = Array.from({ length: of }, (_, i) => ({ name: `t${i}`, pushedAt: i < going ? 0 : NOW }));
    const policy = checkPolicy({ repositories: ['*/*'], olderThan: '1 day', maxShare }, NOW);
    return exceedsShare(
      planByPolicy({ repository, tags, policy, now: NOW, asOf: NOW, protect: compileProtect([]) }).plan,
      policy,
    );
  };

  it('says whether a larger share goes than the policy allows', () => {
    assert.equal(share(29, 100, 0.29), false);
    assert.equal(share(30, 100, 0.29), true);
    assert.equal(share(1, 3, 1 / 3), false);
    assert.equal(share(7, 7, 1), false);
    assert.equal(share(1, 7, 0.1), true);
    assert.equal(share(0, 0, 0.1), false);
    assert.equal(share(0, 3, Number.MIN_VALUE), false);
  });
});
