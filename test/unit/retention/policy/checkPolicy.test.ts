import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  checkPolicy,
  policyData,
  PolicyError,
  type PolicyProblem,
} from '../../../../src/retention/policy/checkPolicy.ts';
import { type Policy, policyOlderThan } from '../../../../src/retention/policy/policy.ts';
import { DAY, NOW, policies, seeded } from '../plan/policyWorlds.ts';

const least = { repositories: ['acme/*'], olderThan: '90 days' };

function problemsOf(value: unknown): readonly PolicyProblem[] {
  try {
    checkPolicy(value, NOW);
    return [];
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    return error.problems;
  }
}

/** `path: reason`. */
function problemTexts(value: unknown): string[] {
  return problemsOf(value).map(({ path, reason }) => `${path.join('.')}: ${reason}`);
}

function isDeeplyFrozen(value: unknown): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen))
  );
}

describe('checkPolicy', () => {
  it('fills in the defaults', () => {
    const expected: Policy = {
      repositories: ['acme/*'],
      olderThan: { kind: 'span', text: '90 days', ms: 90 * DAY },
      agedBy: 'pushed',
      tags: ['*'],
      protect: [],
      keepNewest: 0,
      keepAliases: true,
      keepReferenced: true,
      orphanedAttachments: false,
      maxDeletions: 0,
      maxShare: 1,
    };
    assert.deepEqual(checkPolicy(least, NOW), expected);
    assert.deepEqual(
      checkPolicy(least, NOW),
      policyOlderThan({ kind: 'span', text: '90 days', ms: 90 * DAY }, ['acme/*']),
    );
    assert.ok(!('olderThan' in checkPolicy({ repositories: ['a/b'], keepNewest: 1 }, NOW)));
  });

  it('reads every field', () => {
    const value = {
      repositories: ['acme/*', '!acme/web'],
      olderThan: '2025-01-01',
      agedBy: 'used',
      tags: ['build-*'],
      protect: ['stable*'],
      keepNewest: 10,
      keepVersions: { majors: 2, minors: 3, patches: 1, prereleases: 0 },
      keepAliases: false,
      keepReferenced: false,
      orphanedAttachments: true,
      maxDeletions: 100,
      maxShare: 0.5,
    };
    assert.deepEqual(checkPolicy(value, NOW), {
      ...value,
      olderThan: { kind: 'date', text: '2025-01-01', instant: Date.UTC(2025, 0, 1) },
    });
    assert.ok(isDeeplyFrozen(checkPolicy(value, NOW)));
  });

  it('takes nothing over but copies', () => {
    const value = { repositories: ['acme/*'], keepVersions: { majors: 1 } };
    const policy = checkPolicy(value, NOW);
    value.repositories.push('*/*');
    value.keepVersions.majors = 5;
    assert.deepEqual([policy.repositories, policy.keepVersions], [['acme/*'], { majors: 1 }]);
  });

  it('takes a value that is undefined for a missing one', () => {
    assert.deepEqual(
      checkPolicy({ ...least, tags: undefined, keepVersions: undefined, typo: undefined }, NOW),
      checkPolicy(least, NOW),
    );
    assert.deepEqual(checkPolicy({ ...least, keepVersions: { majors: 1, minors: undefined } }, NOW).keepVersions, {
      majors: 1,
    });
  });

  const wrong: readonly (readonly [name: string, value: unknown, problems: readonly string[]])[] = [
    ['no object', 'x', [': notObject']],
    ['null', null, [': notObject']],
    ['a list', [least], [': notObject']],
    ['nothing', {}, [': missing', ': noRule']],
    ['no repositories', { olderThan: '1 day' }, [': missing']],
    ['no rule', { repositories: ['a/*'] }, [': noRule']],
    ['no rule but a slot of none', { repositories: ['a/*'], keepNewest: 0, keepAliases: false }, [': noRule']],
    ['a rule that is wrong, which is said once', { repositories: ['a/*'], olderThan: 'soon' }, ['olderThan: age']],
    ['an unknown key', { ...least, olderThen: '1 day' }, ['olderThen: unknownKey']],
    [
      'a key of all objects',
      JSON.parse('{"repositories": ["a/*"], "keepNewest": 1, "__proto__": {}, "constructor": 1, "toString": 2}'),
      ['__proto__: unknownKey', 'constructor: unknownKey', 'toString: unknownKey'],
    ],
    ['an unknown level', { ...least, keepVersions: { major: 1 } }, ['keepVersions.major: unknownKey']],
    ['an age that is a number', { repositories: ['a/*'], olderThan: 90 }, ['olderThan: type']],
    ['an age of none', { repositories: ['a/*'], olderThan: '0 days' }, ['olderThan: age']],
    ['a null', { ...least, protect: null, keepVersions: null }, ['protect: type', 'keepVersions: type']],
    ['a word of no choice', { ...least, agedBy: 'pulled' }, ['agedBy: choice']],
    ['a text for a list', { repositories: 'a/*', keepNewest: 1 }, ['repositories: type']],
    ['an empty list', { repositories: [], keepNewest: 1, tags: [] }, ['repositories: empty', 'tags: empty']],
    ['exclusions only', { repositories: ['!a/b'], keepNewest: 1 }, ['repositories: empty']],
    [
      'a pattern without a namespace',
      { repositories: ['acme', 'a/*', '!web'], keepNewest: 1 },
      ['repositories.0: glob', 'repositories.2: glob'],
    ],
    [
      'patterns of what no name holds, which would protect or exclude nothing in silence',
      {
        repositories: ['a/*', '!a/Prod', '!docker.io/a/b', 'a/[A-Z]*', '{a/b,c/d}', 'a/b:1'],
        keepNewest: 1,
        tags: ['v[:]*', 'web:*'],
        protect: ['stable*,prod*', '{a,B}-?', 'a/b'],
      },
      [
        'repositories.1: glob',
        'repositories.2: glob',
        'repositories.5: glob',
        'tags.1: glob',
        'protect.0: glob',
        'protect.2: glob',
      ],
    ],
    [
      'patterns that are none',
      { repositories: ['a/['], keepNewest: 1, tags: ['*', '!x', 3], protect: ['{'] },
      ['repositories.0: glob', 'tags.1: glob', 'tags.2: type', 'protect.0: glob'],
    ],
    [
      'too many patterns',
      {
        repositories: Array(900).fill('aaaa/*'),
        keepNewest: 1,
        tags: Array(40).fill('{a,b}-1234567'),
        protect: Array(6).fill('a'.repeat(1000)),
      },
      ['repositories: size', 'tags: size', 'protect: size'],
    ],
    [
      'a text for a number',
      { ...least, keepNewest: '3', maxDeletions: '4', maxShare: '1' },
      ['keepNewest: type', 'maxDeletions: type', 'maxShare: type'],
    ],
    [
      'numbers out of bounds',
      { ...least, keepNewest: -1, maxDeletions: 1.5, maxShare: 0 },
      ['keepNewest: range', 'maxDeletions: range', 'maxShare: range'],
    ],
    [
      'numbers that are none',
      { ...least, keepNewest: Infinity, maxDeletions: NaN, maxShare: NaN },
      ['keepNewest: range', 'maxDeletions: range', 'maxShare: range'],
    ],
    ['a share above 1', { ...least, maxShare: 1.01 }, ['maxShare: range']],
    [
      'levels of none',
      { ...least, keepVersions: { majors: 0, minors: 0, patches: 0, prereleases: -1 } },
      [
        'keepVersions.majors: range',
        'keepVersions.minors: range',
        'keepVersions.patches: range',
        'keepVersions.prereleases: range',
      ],
    ],
    ['keepVersions that says nothing', { ...least, keepVersions: {} }, ['keepVersions: empty']],
    [
      'a number for yes',
      { ...least, keepAliases: 1, keepReferenced: 'true' },
      ['keepAliases: type', 'keepReferenced: type'],
    ],
  ];
  for (const [name, value, problems] of wrong) {
    it(`refuses ${name}`, () => assert.deepEqual(problemTexts(value), problems));
  }

  it('says what was probably meant, and where', () => {
    assert.match(problemsOf({ ...least, olderThen: 1 })[0]!.message, /Did you mean "olderThan"\?/);
    assert.match(problemsOf({ ...least, KEEPALIAS: 1 })[0]!.message, /Did you mean "keepAliases"\?/);
    assert.match(problemsOf({ repository: [], olderThan: '1 day' })[0]!.message, /Did you mean "repositories"\?/);
    assert.match(problemsOf({ ...least, keepVersions: { minor: 1 } })[0]!.message, /Did you mean "minors"\?/);
    assert.match(problemsOf({ ...least, schedule: 1 })[0]!.message, /Known are repositories, olderThan, agedBy, /);
    assert.ok(problemsOf({ ...least, ['x'.repeat(100_000)]: 1 })[0]!.message.length < 400);
    assert.throws(() => checkPolicy({ repositories: ['a/*', 'b'], keepVersions: { majors: 0 } }, NOW), {
      message:
        'repositories[1]: The pattern "b" matches no repository: write namespace/name, such as acme/*.\nkeepVersions.majors: It must be a whole number, at least 1.',
    });
  });

  it('makes a policy of anything, or says what is wrong', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.dictionary(
        fc.constantFrom(...Object.keys(checkPolicy(least, NOW)), 'keepVersions', 'x'),
        fc.oneof(fc.anything(), fc.constantFrom<unknown>(['a/*'], '90 days', 3, true, { majors: 1 })),
      ),
    );
    fc.assert(
      fc.property(anything, (value) => {
        for (const { path, message } of problemsOf(value)) {
          assert.ok(message.length > 10 && path.every((part) => typeof part === 'string' || typeof part === 'number'));
        }
      }),
      seeded,
    );
  });
});

describe('policyData', () => {
  it('gives what checkPolicy reads as the same policy, also as JSON', () => {
    fc.assert(
      fc.property(
        policies,
        fc.record({ maxDeletions: fc.nat({ max: 3 }), maxShare: fc.constantFrom(1, 0.5) }),
        (value, caps) => {
          const policy = checkPolicy({ ...value, ...caps }, NOW);
          assert.deepEqual(checkPolicy(policyData(policy), NOW), policy);
          assert.deepEqual(checkPolicy(JSON.parse(JSON.stringify(policyData(policy))), NOW), policy);
        },
      ),
      seeded,
    );
  });

  it('leaves out what has its default, and writes ages as people do', () => {
    assert.deepEqual(
      policyData(
        checkPolicy(
          {
            ...least,
            olderThan: '12w',
            tags: ['*'],
            protect: [],
            keepNewest: 0,
            keepAliases: true,
            agedBy: 'pushed',
            maxShare: 1,
          },
          NOW,
        ),
      ),
      { repositories: ['acme/*'], olderThan: '12 weeks' },
    );
    const whole = {
      repositories: ['a/*'],
      olderThan: '2025-01-01',
      agedBy: 'used',
      tags: ['*', 'b'],
      protect: ['c'],
      keepNewest: 2,
      keepVersions: { prereleases: 0 },
      keepAliases: false,
      keepReferenced: false,
      maxDeletions: 3,
      maxShare: 0.1,
    };
    assert.deepEqual(policyData(checkPolicy(whole, NOW)), whole);
  });
});
