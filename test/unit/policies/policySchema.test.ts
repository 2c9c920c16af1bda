import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import json, { type JSONSchema } from 'vscode-json-languageservice';
import { policyFields } from '../../../src/policies/policyFields.ts';
import { readPolicyFile } from '../../../src/policies/policyFile.ts';
import { maxPolicies } from '../../../src/policies/policyList.ts';
import { parseAge } from '../../../src/retention/tags/age.ts';

const { getLanguageService, TextDocument } = json;

const now = Date.UTC(2026, 0, 15);
const root = new URL('../../../', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const schema = readJson('media/policies.schema.json') as JSONSchema & { properties: { policies: JSONSchema } };

/** The editor's own JSON support. */
const service = getLanguageService({ workspaceContext: { resolveRelativePath: (path) => path } });
const uri = 'file:///acme/.docker-hub-prune.jsonc';
service.configure({ schemas: [{ uri: 'policies', fileMatch: ['.docker-hub-prune.jsonc'], schema }] });

/** What the editor says of a file, by the schema. */
async function editorProblems(text: string): Promise<string[]> {
  const document = TextDocument.create(uri, 'jsonc', 1, text);
  const problems = await service.doValidation(document, service.parseJSONDocument(document), {
    comments: 'ignore',
    trailingCommas: 'ignore',
  });
  return problems.map(({ message }) => (typeof message === 'string' ? message : message.value));
}

const file = (...policies: readonly unknown[]) => JSON.stringify({ policies });
const base = { repositories: ['acme/*'], olderThan: '30 days' };

describe('the schema of policies', () => {
  const fine: readonly (readonly [name: string, text: string])[] = [
    ['an empty object', '{}'],
    ['comments and trailing commas', `{ // builds\n"policies": [${JSON.stringify(base)},],}`],
    ['the least by age', file(base)],
    ['the least by number', file({ repositories: ['acme/web'], keepNewest: 1 })],
    ['the least by version', file({ repositories: ['acme/web'], keepVersions: { patches: 1 } })],
    [
      'everything',
      file({
        ...base,
        agedBy: 'used',
        tags: ['build-*', '[!a]?{b,c}'],
        protect: ['*-stable'],
        keepNewest: 10,
        keepVersions: { majors: 2, minors: 3, patches: 1, prereleases: 0 },
        keepAliases: false,
        keepReferenced: false,
        maxDeletions: 500,
        maxShare: 0.5,
      }),
    ],
    [
      'tags that are attachments, and orphans without an age',
      file(
        { ...base, tags: ['sha256-*', '*.sig'] },
        { repositories: ['acme/*'], keepNewest: 1, orphanedAttachments: true },
      ),
    ],
    ['exclusions', file({ ...base, repositories: ['!acme/legacy', 'acme/*'] })],
    ['no number beside an age', file({ ...base, keepNewest: 0, protect: [] })],
    ...['1 day', '12w', '6 months', '6MO', '1y', ' 90  days ', '2025-01-31'].map(
      (olderThan) => [`the age ${olderThan}`, file({ ...base, olderThan })] as const,
    ),
    ['as many policies as there may be', file(...Array<unknown>(maxPolicies).fill(base))],
  ];
  for (const [name, text] of fine) {
    it(`takes what is read: ${name}`, async () => {
      assert.deepEqual(readPolicyFile(text, now).problems, []);
      assert.deepEqual(await editorProblems(text), []);
    });
  }

  const wrong: readonly (readonly [name: string, text: string])[] = [
    ['a list', '[]'],
    ['another key', '{"policies": [], "rules": []}'],
    ['no list', '{"policies": {}}'],
    ['a policy that is none', file(7)],
    ['an unknown key', file({ ...base, olderThen: '1 day' })],
    ['no repositories', file({ olderThan: '30 days' })],
    ['no rule', file({ repositories: ['acme/*'] })],
    ['no rule but a number of 0', file({ repositories: ['acme/*'], keepNewest: 0 })],
    ['an empty list of repositories', file({ ...base, repositories: [] })],
    ['only exclusions', file({ ...base, repositories: ['!acme/*'] })],
    ['a repository without namespace', file({ ...base, repositories: ['web'] })],
    ['a blank in a pattern', file({ ...base, tags: ['build *'] })],
    ['a backslash in a pattern', file({ ...base, protect: ['a\\*'] })],
    ['an empty pattern', file({ ...base, tags: [''] })],
    ['no tags', file({ ...base, tags: [] })],
    ['a pattern that is no text', file({ ...base, tags: [7] })],
    ['a list that is a text', file({ ...base, tags: '*' })],
    ...['90', '0 days', '6 m', '', '2025-1-31', 'P90D', '1 day ago'].map(
      (olderThan) => [`the age "${olderThan}"`, file({ ...base, olderThan })] as const,
    ),
    ['an age that is a number', file({ ...base, olderThan: 90 })],
    ['another way to age', file({ ...base, agedBy: 'created' })],
    ['a negative number', file({ ...base, keepNewest: -1 })],
    ['half a tag', file({ ...base, maxDeletions: 0.5 })],
    ['no majors', file({ ...base, keepVersions: { majors: 0 } })],
    ['no level of versions', file({ ...base, keepVersions: {} })],
    ['an unknown level', file({ ...base, keepVersions: { major: 1 } })],
    ['a word for yes', file({ ...base, keepAliases: 'yes' })],
    ['null', file({ ...base, keepReferenced: null })],
    ['a share of 0', file({ ...base, maxShare: 0 })],
    ['a share in percent', file({ ...base, maxShare: 50 })],
    ['too many policies', file(...Array<unknown>(maxPolicies + 1).fill(base))],
    ['a duplicate key', '{"policies": [], "policies": []}'],
  ];
  for (const [name, text] of wrong) {
    it(`refuses what is refused: ${name}`, async () => {
      assert.notDeepEqual(readPolicyFile(text, now).problems, []);
      assert.notDeepEqual(await editorProblems(text), []);
    });
  }

  it('tells of each field its default and an example, and has no others', () => {
    const item = (schema.properties.policies as { items: JSONSchema }).items;
    assert.deepEqual(Object.keys(item.properties!), policyFields.policy);
    const versions = (item.properties!['keepVersions'] as JSONSchema).properties!;
    assert.deepEqual(Object.keys(versions), policyFields.keepVersions);
    for (const [name, field] of [...Object.entries(item.properties!), ...Object.entries(versions)]) {
      const { markdownDescription = '' } = field as JSONSchema;
      assert.match(markdownDescription, /Default: |^Required\./, name);
      assert.match(markdownDescription, /for example|`pushed`|`{"majors"|tags such as/, name);
    }
  });

  it('completes fields, and a policy for each of three habits', async () => {
    const complete = async (text: string) => {
      const document = TextDocument.create(uri, 'jsonc', 1, text.replace('|', ''));
      const found = await service.doComplete(
        document,
        document.positionAt(text.indexOf('|')),
        service.parseJSONDocument(document),
      );
      return found!.items.map(({ label }) => label);
    };
    assert.deepEqual(
      (await complete('{"policies": [{ | }]}')).filter((label) =>
        (policyFields.policy as readonly string[]).includes(label),
      ).length,
      policyFields.policy.length,
    );
    const habits = await complete('{"policies": [|]}');
    for (const habit of ['Builds of each commit', 'Releases', 'Nightly builds']) {
      assert.ok(
        habits.some((label) => label.startsWith(habit)),
        `${habit} in ${habits.join(', ')}`,
      );
    }
    assert.ok((await complete('{"policies": [{"agedBy": |}]}')).includes('"used"'));
  });

  it('proposes only what is read', () => {
    const { items } = schema.properties.policies as { items: JSONSchema };
    const bodies = items.defaultSnippets!.map(
      ({ body }) => JSON.parse(JSON.stringify(body).replaceAll('${1:acme/*}', 'acme/*')) as unknown,
    );
    assert.equal(bodies.length, 3);
    assert.deepEqual(readPolicyFile(file(...bodies), now).problems, []);
    for (const { body } of (items.properties!['olderThan'] as JSONSchema).defaultSnippets!) {
      assert.doesNotThrow(() => parseAge(String(body), now));
    }
  });

  it('is that of the setting as well', () => {
    const texts = readJson('package.nls.json') as Record<string, string>;
    const manifest = JSON.parse(
      JSON.stringify(readJson('package.json')).replaceAll(/"%(policy\.[\w.]+)%"/g, (_, key: string) =>
        JSON.stringify(texts[key]),
      ),
    ) as {
      contributes: {
        configuration: { properties: Record<string, JSONSchema & { scope: string }> };
        jsonValidation: unknown;
      };
    };
    const { markdownDescription: _, ...ofFile } = schema.properties.policies;
    const {
      markdownDescription: __,
      default: none,
      scope,
      order: ___,
      ...ofSetting
    } = manifest.contributes.configuration.properties['dockerHubPruner.policies'] as JSONSchema & {
      scope: string;
      order: number;
    };
    assert.deepEqual(ofSetting, ofFile);
    assert.deepEqual([none, scope], [[], 'application']);
    assert.deepEqual(manifest.contributes.jsonValidation, [
      { fileMatch: '.docker-hub-prune.jsonc', url: './media/policies.schema.json' },
    ]);
  });
});
