import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const folder = fileURLToPath(new URL('../../../.github', import.meta.url));

interface Field {
  readonly id?: string;
  readonly type: string;
  readonly attributes: { readonly label?: string };
}

interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: Record<string, { permissions?: object; steps: readonly { uses?: string; run?: string }[] }>;
}

function readYaml(name: string): unknown {
  return parse(readFileSync(join(folder, name), 'utf8'), { strict: true });
}

function fieldsOf(form: string): readonly Field[] {
  return (readYaml(`ISSUE_TEMPLATE/${form}.yml`) as { body: Field[] }).body.filter(({ type }) => type !== 'markdown');
}

describe('the folder .github', () => {
  it('holds YAML that can be parsed', () => {
    const names = globSync('**/*.yml', { cwd: folder });
    assert.equal(names.length, 4);
    for (const name of names) assert.equal(typeof readYaml(name), 'object', name);
  });

  it('has a workflow that runs .ci/run on pushes and pull requests and may only read', () => {
    const workflow = readYaml('workflows/ci.yml') as Workflow;
    assert.deepEqual(Object.keys(workflow.on), ['push', 'pull_request']);
    assert.deepEqual(workflow.permissions, { contents: 'read' });
    const jobs = Object.values(workflow.jobs);
    assert.ok(jobs.every((job) => job.permissions === undefined));
    const steps = jobs.flatMap((job) => job.steps);
    assert.equal(steps.filter((step) => step.run === 'bash .ci/run').length, 1);
    for (const { uses } of steps) assert.match(uses ?? '@v1', /@(v\d+|[0-9a-f]{40})$/);
  });

  it('has forms whose fields have names of their own and labels', () => {
    for (const form of ['bug', 'feature']) {
      const fields = fieldsOf(form);
      assert.equal(new Set(fields.map(({ id }) => id)).size, fields.length, form);
      for (const { id, attributes } of fields) assert.ok(attributes.label, id);
    }
  });

  it('asks for the versions, the steps and the log of a bug', () => {
    const ids = fieldsOf('bug').map(({ id }) => id);
    for (const id of ['version', 'vscode', 'steps', 'log']) assert.ok(ids.includes(id), id);
  });
});
