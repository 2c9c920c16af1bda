import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readPolicyFile } from '../../../src/policies/policyFile.ts';

describe('the examples of policies', () => {
  for (const file of ['README.md', 'docs/POLICIES.md']) {
    it(`in ${file} are policies`, () => {
      const examples = [
        ...readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8').matchAll(/```jsonc\n([^]*?)```/g),
      ].map(([, text]) => text!);
      assert.ok(examples.length > 0);
      for (const text of examples) {
        const { policies, problems } = readPolicyFile(text, Date.now());
        assert.deepEqual(problems, []);
        assert.ok(policies.length > 1);
      }
    });
  }
});
