import assert from 'node:assert/strict';
import fc from 'fast-check';
import { insertPolicy, type TextStyle } from '../../../src/policies/policyEdit.ts';
import { readPolicyFile } from '../../../src/policies/policyFile.ts';

const now = Date.UTC(2026, 0, 15);
const style: TextStyle = { eol: '\n', indent: '  ' };
const data = { repositories: ['new/*'], olderThan: '9 days' };
const insert = (text: string, index = 0, comment = '', given = style) =>
  insertPolicy(text, data, { key: 'policies', index, comment }, given);

/** The repositories of the policies of a text, in its order. */
function repositories(text: string): string[] {
  const { policies, problems } = readPolicyFile(text, now);
  assert.deepEqual(problems, [], text);
  return policies.flatMap(({ policy }) => policy.repositories);
}

const written = `// of the team
{
  "policies": [
    // builds
    {"repositories": ["a/*"], "olderThan": "30 days"}, // after two sprints
    /* releases */
    {"repositories": ["b/*"], "keepNewest": 3},
  ],
}
`;

describe('a policy that is put into a file', () => {
  it('makes a file of one that is missing or holds comments alone', () => {
    assert.equal(
      insert('', 0, 'builds').text,
      '{\n  "policies": [\n    // builds\n    {\n      "repositories": [\n        "new/*"\n      ],\n      "olderThan": "9 days"\n    }\n  ]\n}\n',
    );
    assert.ok(insert('// nothing yet\n').text.startsWith('// nothing yet\n{\n'));
    for (const text of [
      '',
      ' \n',
      '// nothing yet',
      '{}',
      '{ }',
      '{"policies": []}',
      '{"policies": [\n]}',
      '// c\n{ // d\n}',
    ]) {
      assert.deepEqual(repositories(insert(text).text), ['new/*'], text);
    }
  });

  for (const index of [0, 1, 2]) {
    it(`stands before number ${index} and leaves all comments and all other lines as they are`, () => {
      const { text } = insert(written, index, 'mine');
      const names = ['a/*', 'b/*'];
      names.splice(index, 0, 'new/*');
      assert.deepEqual(repositories(text), names);
      for (const part of [
        '// of the team',
        '// builds',
        '// after two sprints',
        '/* releases */',
        '{"repositories": ["a/*"], "olderThan": "30 days"}',
        '{"repositories": ["a/*"], "olderThan": "30 days"}, // after two sprints',
        '/* releases */\n    {"repositories": ["b/*"], "keepNewest": 3}',
      ]) {
        assert.ok(text.includes(part), `${part} in ${text}`);
      }
      assert.match(text, / {4}\/\/ mine\n {4}\{\n/);
    });
  }

  it('says where it begins', () => {
    for (const comment of ['', 'mine']) {
      const { text, offset } = insert(written, 1, comment);
      assert.equal(readPolicyFile(text, now).policies[1]!.span.offset, offset);
    }
  });

  it('is written with the line ends and the indentation of the file', () => {
    const { text } = insert(written.replaceAll('\n', '\r\n'), 1, 'mine', { ...style, eol: '\r\n' });
    assert.doesNotMatch(text, /[^\r]\n/);
    assert.match(insert('{\n   "policies": []\n}').text, /\n {6}\{\n {9}"repositories"/);
    assert.match(insert('{}', 0, '', { ...style, indent: '\t' }).text, /\n\t"policies": \[\n\t\t\{\n/);
  });

  it('is put into the settings behind the others, where there are none yet', () => {
    const settings = '{\n    "editor.tabSize": 2, // mine\n    "files.eol": "\\n" // too\n}\n';
    const { text } = insertPolicy(
      settings,
      { repositories: ['a/b'] },
      { key: 'x.policies', index: 0, comment: '' },
      { ...style, indent: '    ' },
    );
    assert.equal(
      text,
      '{\n    "editor.tabSize": 2, // mine\n    "files.eol": "\\n", // too\n    "x.policies": [\n        {\n            "repositories": [\n                "a/b"\n            ]\n        }\n    ]\n}\n',
    );
  });

  it('goes into any file that is read, at any place, and changes no other policy', () => {
    const space = fc.constantFrom('', ' ', '\n', '\n  ', '// c\n', '/* d */', '\r\n');
    const item = fc.constantFrom(
      '{"repositories": ["a/*"], "keepNewest": 1}',
      '{\n"repositories": ["b/*", /* e */ "c/*",], "olderThan": "2 days"\n}',
    );
    const file = fc
      .tuple(space, fc.array(fc.tuple(space, item, space), { maxLength: 3 }), fc.boolean(), space)
      .map(
        ([start, items, comma, end]) =>
          `${start}{${end}"policies":${start}[${items.map(([before, text, after]) => before + text + after).join(',')}${comma && items.length > 0 ? ',' : ''}${end}]${start}}${end}`,
      );
    fc.assert(
      fc.property(file, fc.nat(3), fc.constantFrom('', 'mine'), (text, place, comment) => {
        const before = readPolicyFile(text, now).policies.map(({ policy }) => policy);
        const index = Math.min(place, before.length);
        const { text: edited } = insert(text, index, comment);
        const { policies, problems } = readPolicyFile(edited, now);
        assert.deepEqual(problems, [], edited);
        assert.deepEqual(policies[index]!.policy.repositories, ['new/*']);
        assert.deepEqual(policies.map(({ policy }) => policy).toSpliced(index, 1), before);
        assert.equal(edited.split('// c').length, text.split('// c').length);
      }),
      { numRuns: 2000 },
    );
  });
});
