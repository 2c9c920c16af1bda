import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('the tests that the documentation names', () => {
  const names = new Set(globSync('test/**/*.test.ts', { cwd: root }).map((path) => basename(path)));
  for (const file of ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root })]) {
    it(`exist, as ${file} names them`, () => {
      const text = readFileSync(join(root, file), 'utf8');
      const missing = [...text.matchAll(/`((?:[\w*.-]+\/)*[\w*.-]+\.test\.ts)`/g)]
        .map(([, path = '']) => path)
        .filter((path) =>
          path.includes('/')
            ? globSync(join('test', path.replace(/^test\//, '')), { cwd: root }).length === 0
            : !names.has(path),
        );
      assert.deepEqual(missing, []);
    });
  }
});
