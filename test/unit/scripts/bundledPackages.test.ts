import assert from 'node:assert/strict';
import { packageFolders } from '../../../scripts/bundledPackages.ts';
import { thirdPartyNotices } from '../../../scripts/thirdPartyNotices.ts';

type Outputs = Parameters<typeof packageFolders>[0]['outputs'];

const output = (inputs: Record<string, number>): Outputs[string] => ({
  bytes: 1,
  imports: [],
  exports: [],
  inputs: Object.fromEntries(Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
});

describe('packages in the bundle', () => {
  it('are those with a byte in any output, each once, nested and scoped ones too', () => {
    const outputs = {
      'dist/a.cjs': output({
        'src/editor/extension.ts': 10,
        'node_modules/jose/a.js': 1,
        'node_modules/jose/b.js': 2,
        'node_modules/unused/a.js': 0,
        'node_modules/@x/y/lib/a.js': 1,
      }),
      'dist/b.cjs': output({ 'node_modules/a/node_modules/b/c.js': 1, 'node_modules/@x/y/lib/b.js': 1 }),
    };
    assert.deepEqual(packageFolders({ outputs }), [
      'node_modules/jose',
      'node_modules/@x/y',
      'node_modules/a/node_modules/b',
    ]);
  });

  it('stand in the notices with version, licence and all their texts', () => {
    const text = thirdPartyNotices([
      { name: 'a', version: '1.2.3', licence: 'MIT', texts: ['Permission is granted', 'Notice'] },
      { name: 'b', version: '2.0.0', licence: 'ISC', texts: ['Free'] },
    ]);
    assert.match(text, /\na 1\.2\.3 \(MIT\)\n-+\n\nPermission is granted\n\nNotice\n/);
    assert.match(text, /\nb 2\.0\.0 \(ISC\)\n-+\n\nFree\n$/);
  });
});
