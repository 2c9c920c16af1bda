import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Checks that none of the texts occurs in any file below the folders; installed extensions, which are not written, are left out. */
export async function checkFiles(folders: readonly string[], texts: readonly string[]): Promise<void> {
  const needles = texts.map((text) => Buffer.from(text));
  let read = 0;
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || path.includes('/extensions/')) continue;
      // A file may go while the folder is read.
      const content = await readFile(path).catch(() => Buffer.alloc(0));
      read++;
      const found = needles.findIndex((needle) => content.includes(needle));
      assert.equal(found, -1, `credentials in the file ${path}`);
    }
  }
  assert.ok(read > 0, 'no file was looked at');
}
