import assert from 'node:assert/strict';
import { temporaryFolder } from '../../../scripts/temporaryFolder.ts';
import type { CaseResult } from '../../bench/benchCase.ts';
import { shortCases } from '../../bench/cases.ts';
import { missed, missText } from '../../bench/table.ts';

describe('the core in a process of its own, the short form of npm run bench', () => {
  const results = new Map<string, Promise<CaseResult>>();
  const lines: string[] = [];
  let scratch: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async function () {
    this.timeout(60_000);
    scratch = await temporaryFolder('bench');
    const bench = {
      origin: { absent: 'not asked for' },
      folder: scratch.path,
      say: (line: string) => void lines.push(line),
    };
    // All at once: counts do not depend on how fast it goes.
    for (const one of shortCases) results.set(one.name, one.run(bench));
    await Promise.allSettled(results.values());
  });

  after(() => scratch[Symbol.asyncDispose]());

  for (const { name, title } of shortCases) {
    it(`${title}: the counts are what they have to be`, async () => {
      const result = await results.get(name)!;
      const counts = result.marks.filter(({ kind, value }) => kind === 'count' && value !== undefined);
      assert.ok(counts.length > 0, 'nothing was counted');
      assert.deepEqual(missed({ ...result, marks: counts }).map(missText), []);
    });
  }
});
