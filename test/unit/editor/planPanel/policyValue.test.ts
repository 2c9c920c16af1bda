import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkPolicy, PolicyError } from '../../../../src/retention/policy/checkPolicy.ts';
import { controlsOf, fieldOf, policyValueOf } from '../../../../src/editor/planPanel/policyValue.ts';
import type { PolicyControls } from '../../../../src/editor/planPanel/messages.ts';

const now = Date.UTC(2026, 10, 25);
const repositories = ['acme/*', '!acme/old'];
const plain = controlsOf(checkPolicy({ repositories, olderThan: '90 days' }, now));

/** The controls that are marked where these stand in them. */
function problemsOf(changed: Partial<PolicyControls>): string[] {
  try {
    checkPolicy(policyValueOf({ ...plain, ...changed }, repositories), now);
    return [];
  } catch (error) {
    assert.ok(error instanceof PolicyError);
    return error.problems.map(({ path }) => fieldOf(path));
  }
}

describe('the controls of a policy', () => {
  it('show any policy such that it is read from them again', () => {
    const number = fc.integer({ min: 1, max: 1000 });
    const versions = fc.record(
      { majors: number, minors: number, patches: number, prereleases: fc.integer({ min: 0, max: 9 }) },
      { requiredKeys: [] },
    );
    const value = fc.record(
      {
        olderThan: fc.constantFrom('1 day', '6 months', '2025-01-31'),
        agedBy: fc.constantFrom('pushed', 'used'),
        tags: fc.array(fc.constantFrom('*', 'build-*', 'v[0-9]*', '{a,b}-*'), { minLength: 1 }),
        protect: fc.array(fc.constantFrom('stable*', '*-lts')),
        keepNewest: number,
        keepVersions: versions.filter((levels) => Object.keys(levels).length > 0),
        keepAliases: fc.boolean(),
        keepReferenced: fc.boolean(),
        orphanedAttachments: fc.boolean(),
        maxDeletions: fc.integer({ min: 0, max: 1000 }),
        maxShare: fc.constantFrom(0.01, 0.07, 0.29, 0.5, 0.333, 1),
      },
      { requiredKeys: ['olderThan'] },
    );
    fc.assert(
      fc.property(value, (written) => {
        const policy = checkPolicy({ repositories, ...written }, now);
        assert.deepEqual(checkPolicy(policyValueOf(controlsOf(policy), policy.repositories), now), policy);
      }),
      { seed: 6 },
    );
  });

  for (const [field, text] of [
    ['olderThan', '90 dayz'],
    ['olderThan', '0 days'],
    ['tags', '[a'],
    ['protect', '!x'],
    ['keepNewest', '-1'],
    ['keepNewest', '1e3'],
    ['keepNewest', '1.5'],
    ['majors', '0'],
    ['minors', 'x'],
    ['patches', '0'],
    ['prereleases', '-1'],
    ['maxDeletions', '∞'],
    ['maxShare', '0'],
    ['maxShare', '101'],
    ['maxShare', 'half'],
  ] as const) {
    it(`refuse "${text}" at ${field}`, () => assert.deepEqual(problemsOf({ [field]: text }), [field]));
  }

  it('part globs at commas as well, which would else be of the glob and let it protect nothing; those between braces stay', () => {
    const globs = (protect: string) => policyValueOf({ ...plain, protect }, repositories)['protect'];
    assert.deepEqual(globs('stable*, lts-*,v1 ,, *-{a,b},c'), ['stable*', 'lts-*', 'v1', '*-{a,b}', 'c']);
    assert.deepEqual(globs(' , '), []);
    assert.deepEqual(globs('{a,{b,c},d}-x}, y'), ['{a,{b,c},d}-x}', 'y']);
  });

  it('take a number that is mistyped for no rule that is missing', () => {
    assert.deepEqual(problemsOf({ olderThan: '', keepNewest: '1o' }), ['keepNewest']);
  });

  it('say at the first control that there is no rule at all', () => {
    assert.deepEqual(problemsOf({ olderThan: ' ' }), ['olderThan']);
  });
});
