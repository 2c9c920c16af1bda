import assert from 'node:assert/strict';
import fc from 'fast-check';
import { policyFields } from '../../../src/policies/policyFields.ts';
import { longestJson } from '../../../src/policies/jsonText.ts';
import { readPolicyFile, readPolicySetting, type PolicyText } from '../../../src/policies/policyFile.ts';
import { checkPolicies, maxPolicies } from '../../../src/policies/policyList.ts';
import { placesIn } from '../../../src/policies/textSpan.ts';
import { bounded } from '../hostile/cost.ts';

const now = Date.UTC(2026, 0, 15);
const one = '{"repositories": ["acme/*"], "olderThan": "30 days"}';

/** What is wrong, each with the text that it stands at. */
function wrong(text: string, read: PolicyText = readPolicyFile(text, now)): string[] {
  return read.problems.map((problem) => {
    const reason =
      problem.reason === 'policy'
        ? problem.problem.reason
        : problem.reason === 'syntax'
          ? problem.code
          : problem.reason;
    return `${reason} at ${text.slice(problem.span.offset, problem.span.offset + problem.span.length)}`;
  });
}

describe('a policy file', () => {
  it('holds policies, with comments and trailing commas, where they are written', () => {
    const text = `// builds\n{\n  "policies": [\n    ${one}, /* and */\n    {"repositories": ["acme/web"], "keepNewest": 3,},\n  ],\n}\n`;
    const { policies, problems } = readPolicyFile(text, now);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      policies.map(({ policy }) => [policy.repositories, policy.olderThan?.text, policy.keepNewest]),
      [
        [['acme/*'], '30 days', 0],
        [['acme/web'], undefined, 3],
      ],
    );
    assert.equal(text.slice(policies[0]!.span.offset).slice(0, policies[0]!.span.length), one);
    assert.equal(text.slice(policies[1]!.span.offset)[0], '{');
  });

  for (const [name, text] of [
    ['is empty', ''],
    ['is blank', ' \r\n\t'],
    ['holds comments alone', '// nothing yet\n/* really */'],
    ['holds an empty object', '{}'],
    ['holds an empty list', '{"policies": []}'],
  ] as const) {
    it(`that ${name} is no error and no policy`, () =>
      assert.deepEqual([readPolicyFile(text, now).policies, wrong(text)], [[], []]));
  }

  const broken: readonly (readonly [text: string, problems: readonly string[]])[] = [
    ['[]', ['notObject at [']],
    ['{"policies": {}}', ['notList at {}']],
    ['{"policies": null}', ['notList at null']],
    ['{"policy": []}', ['unknownKey at "policy"']],
    [`{"$schema": "x", "policies": [${one}]}`, ['unknownKey at "$schema"']],
    [`{"policies": [], "policies": [${one}]}`, ['duplicateKey at "policies"']],
    [
      '{"policies": [{"repositories": ["a/b"], "olderThan": "9 days", "olderThan": "1 day"}]}',
      ['duplicateKey at "olderThan"'],
    ],
    ['{"policies": [{"repositories": ["a/b"], "olderThn": "9 days"}]}', ['unknownKey at "olderThn"', 'noRule at {']],
    ['{"policies": [{"olderThan": "9 days"}]}', ['missing at {']],
    ['{"policies": [{"repositories": ["a/b"], "olderThan": "9"}]}', ['age at "9"']],
    ['{"policies": [{"repositories": ["a/b", "c[/d"], "olderThan": "9 days"}]}', ['glob at "c[/d"']],
    [
      '{"policies": [{"repositories": ["a/b"], "keepVersions": {"majors": 0, "minor": 1}}]}',
      ['range at 0', 'unknownKey at "minor"'],
    ],
    ['{"policies": [7]}', ['notObject at 7']],
    ['{"policies": [{"repositories": ["a/b"], "keepNewest": "10"}]}', ['type at "10"']],
    [
      '{"policies": [{"repositories": ["a/b"], "__proto__": {"olderThan": "9 days"}}]}',
      ['unknownKey at "__proto__"', 'noRule at {'],
    ],
  ];
  for (const [text, problems] of broken) {
    it(`with an error gives no policy at all and says where it is: ${text}`, () => {
      assert.deepEqual(wrong(text), problems);
      assert.deepEqual(readPolicyFile(text, now).policies, []);
    });
  }

  it('cut anywhere gives no policy: what was left of a broken one could let more go', () => {
    const text = `{"policies": [{"repositories": ["acme/*", "!acme/web"], "olderThan": "30 days", "keepNewest": 100}, ${one}]}`;
    for (let end = 1; end < text.length; end++) {
      const { policies, problems } = readPolicyFile(text.slice(0, end), now);
      assert.deepEqual(policies, [], text.slice(0, end));
      assert.ok(problems.length > 0, text.slice(0, end));
    }
  });

  it('gives no policy where anything is wrong, whatever that is', () => {
    const part = fc.constantFrom(
      one,
      '{"repositories": ["a/b"]}',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"policies"',
      '"x"',
      '// c\n',
      '/*',
      '7',
      '\u0000',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const { policies, problems } = readPolicyFile(`{"policies": [${parts.join(' ')}]}`, now);
        assert.ok(problems.length === 0 || policies.length === 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('says where things are with any line ends, and beyond the first plane', () => {
    const text = '{\r\n  "policies": [\r{"repositories": ["a/b" /* 😀 */], "keepNewest": -1}\n]}';
    const [problem] = readPolicyFile(text, now).problems;
    assert.deepEqual(placesIn(text)(problem!.span.offset), {
      line: 2,
      character: text.split(/\r\n|\r|\n/)[2]!.indexOf('-1'),
    });
  });

  it('of hostile size or depth is refused in no time', async () => {
    for (const [name, text] of [
      ['tooLarge', `{"policies": [${one.concat(',').repeat(200_000)}]}`],
      ['tooLarge', ' '.repeat(10_000_000)],
      ['tooDeep', '['.repeat(longestJson)],
      ['tooDeep', '{"a":'.repeat(50_000)],
      [
        'tooMany',
        `{"policies": [${Array(maxPolicies + 1)
          .fill('{}')
          .join(',')}]}`,
      ],
      ['tooMany', `{"policies": [${Array(10_000).fill('{}').join(',')}]}`],
    ] as const) {
      const read = await bounded(name, { cpuMs: 400, mb: 100 }, () => readPolicyFile(text, now));
      assert.equal(read.problems[0]?.reason, name);
      assert.deepEqual(read.policies, []);
    }
  });

  it('with thousands of errors tells some of them', async () => {
    const nonsense = await bounded('errors', { cpuMs: 500, mb: 100 }, () =>
      readPolicyFile(`{"policies": [${'x '.repeat(100_000)}`, now),
    );
    assert.ok(nonsense.problems.length > 0 && nonsense.problems.length <= 100, `${nonsense.problems.length}`);
    const keys = await bounded('keys', { cpuMs: 500, mb: 100 }, () =>
      readPolicyFile(`{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(',')}}`, now),
    );
    assert.ok(keys.problems.length > 0 && keys.problems.length <= 100, `${keys.problems.length}`);
  });
});

describe('the list of policies of a setting', () => {
  it('is checked as that of a file is', () => {
    assert.equal(checkPolicies([JSON.parse(one)], now).policies.length, 1);
    for (const value of [null, {}, 'x', 7]) {
      assert.deepEqual(checkPolicies(value, now), { policies: [], problems: [{ reason: 'notList', path: [] }] });
    }
    const { policies, problems } = checkPolicies([JSON.parse(one), { repositories: ['a/b'], olderThan: 'soon' }], now);
    assert.deepEqual([policies, problems.map(({ path }) => path)], [[], [[1, 'olderThan']]]);
  });

  it('tells whether a comment stands in it, and not beside it', () => {
    const read = (list: string) => readPolicySetting(`{ // mine\n"x": ${list} /* too */\n}`, 'x', now).hasComments;
    assert.deepEqual([`[${one}]`, '[]', '["// no"]', `[${one} // yes\n]`, `[/* yes */]`].map(read), [
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('is found in the settings as they are written', () => {
    const text = `{ // mine\n  "editor.tabSize": 2,\n  "dockerHubPruner.policies": [{"repositories": ["a/b"], "olderThan": "soon"}],\n}`;
    assert.deepEqual(wrong(text, readPolicySetting(text, 'dockerHubPruner.policies', now)), ['age at "soon"']);
    assert.deepEqual(readPolicySetting('{"other": 1}', 'dockerHubPruner.policies', now).problems, []);
  });
});

describe('the fields of a policy', () => {
  it('are those that are read', () => {
    const { problems } = checkPolicies(
      [
        Object.fromEntries(policyFields.policy.map((field) => [field, Symbol('no value')])),
        {
          repositories: ['a/b'],
          keepVersions: Object.fromEntries(policyFields.keepVersions.map((field) => [field, 'x'])),
        },
      ],
      now,
    );
    const found = problems.flatMap((problem) =>
      problem.reason === 'policy' && problem.problem.reason !== 'unknownKey' && problem.path.length > 1
        ? [problem.path.at(-1)]
        : [],
    );
    assert.deepEqual(found, [...policyFields.policy, ...policyFields.keepVersions]);
  });
});
