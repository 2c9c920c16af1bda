import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { palettePng } from '../../../scripts/palettePng.ts';
import { projectRoot } from '../../../scripts/projectPaths.ts';

describe('a picture with a palette', () => {
  it('is as large on the screen as the other one, with 256 colors at most', async () => {
    const png = await readFile(join(projectRoot, 'media', 'icon.png'));
    const small = palettePng(png);
    assert.deepEqual(small.subarray(16, 24), png.subarray(16, 24));
    assert.deepEqual([...small.subarray(24, 26)], [8, 3]);
    const palette = small.indexOf('PLTE');
    assert.ok(small.readUInt32BE(palette - 4) <= 3 * 256);
  });

  it('is made of nothing but a plain picture', () =>
    assert.throws(() => palettePng(Buffer.alloc(100)), /Only plain pictures/));
});
