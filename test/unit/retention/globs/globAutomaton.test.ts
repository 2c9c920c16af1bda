import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileGlob, compileGlobs } from '../../../../src/retention/globs/glob.ts';
import { inSlices } from '../../../../src/async/inSlices.ts';
import { checkPolicy } from '../../../../src/retention/policy/checkPolicy.ts';
import { judge } from '../../../../src/retention/plan/policyPlan.ts';
import { prepareTags } from '../../../../src/retention/plan/preparedTags.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import { bounded } from '../../hostile/cost.ts';

/** Names that look like noise, of a few characters. */
function noise(index: number, length: number): string {
  let state = index * 2_654_435_761 + 1;
  return Array.from({ length }, () => 'ab01'[(state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 30]).join('');
}

describe('globs that are matched together', () => {
  it('give the first one that matches, as each by itself', () => {
    const parts = fc.constantFrom(
      'a',
      'b',
      'B',
      '/',
      '-',
      '*',
      '**',
      '?',
      '[ab]',
      '[!a]',
      '{a,*b}',
      '{*,a}',
      '{a,}',
      '{[!b],ab*}',
      'é',
    );
    const patterns = fc.array(
      fc.array(parts, { minLength: 1, maxLength: 6 }).map((each) => each.join('')),
      { minLength: 1, maxLength: 5 },
    );
    const names = fc.array(
      fc.array(fc.constantFrom('a', 'b', 'B', '/', '-', 'é'), { maxLength: 7 }).map((each) => each.join('')),
      { minLength: 1, maxLength: 8 },
    );
    let found = 0;
    fc.assert(
      fc.property(patterns, names, fc.boolean(), (given, candidates, ignoreCase) => {
        const list = compileGlobs(given, { ignoreCase });
        const globs = given.map((pattern) => compileGlob(pattern, { ignoreCase }));
        for (const name of [...candidates, ...candidates]) {
          const first = globs.find((glob) => glob.matches(name))?.pattern;
          assert.equal(list.firstMatch(name), first, `${given.join(' ')} on ${name}`);
          if (first !== undefined) found++;
        }
      }),
      { numRuns: 3000, seed: 3 },
    );
    assert.ok(found > 2000, `only ${found} matched`);
  });

  it('are the same once they lead to more states than are remembered', () => {
    const patterns = Array.from({ length: 40 }, (_, i) => `*${'ab01'[i % 4]!}${'?'.repeat(20 + (i % 7))}x*`);
    const list = compileGlobs(patterns);
    const globs = patterns.map((pattern) => compileGlob(pattern));
    for (let i = 0; i < 400; i++) {
      const name = `${noise(i, 60)}${i % 3 === 0 ? 'x' : ''}${noise(i + 1, 30)}`;
      assert.equal(list.firstMatch(name), globs.find((glob) => glob.matches(name))?.pattern, name);
    }
  });

  it('of no patterns match nothing', () => assert.equal(compileGlobs([]).firstMatch('a'), undefined));

  for (const [what, patterns, nameOf] of [
    [
      'many that go back and forth',
      Array.from({ length: 800 }, () => '*aab*b'),
      (i: number) => 'a'.repeat(100 + (i % 28)),
    ],
    [
      'ones that lead to ever new states',
      Array.from({ length: 160 }, (_, i) => `*${'ab01'[i % 4]!}${'?'.repeat(20 + (i % 7))}x`),
      (i: number) => noise(i, 128),
    ],
    ['braces', [`{${'*a*a*a*a,'.repeat(50)}c}`], (i: number) => noise(i, 128)],
    [
      'names as long as they can be',
      Array.from({ length: 800 }, () => '*aab*b'),
      (i: number) => 'a'.repeat(1000 - (i % 28)),
    ],
  ] as const) {
    it(`G3: hold no list up: ${what}`, async () => {
      const protect = compileProtect(patterns);
      const names = Array.from({ length: 2000 }, (_, i) => nameOf(i));
      await bounded(what, { cpuMs: 3000 }, () => names.forEach((name) => protect.protectedBy(name)));
    });
  }

  it('G3: are held against few names between two breaks of a plan', () => {
    const protect = compileProtect(['*aab*b']);
    let [names, most] = [0, 0];
    const counting = { protectedBy: (name: string) => (names++, protect.protectedBy(name)) };
    const tags = Array.from({ length: 2000 }, (_, i) => ({ name: `t${i}`, pushedAt: i, pulledAt: undefined, size: 1 }));
    const policy = checkPolicy({ repositories: ['*/*'], olderThan: '1 day' }, 10 ** 12);
    const work = judge(atOnce(prepareTags({ namespace: 'acme', name: 'web' }, tags)), {
      policy,
      now: 10 ** 12,
      asOf: 10 ** 12,
      protect: counting,
    });
    for (let step = work.next(); !step.done; step = work.next()) [names, most] = [0, Math.max(most, names)];
    assert.ok(most > 0 && most <= 50, `${most} names`);
  });

  it('can be cancelled meanwhile', async () => {
    const tags = Array.from({ length: 20_000 }, (_, i) => ({
      name: noise(i, 128),
      pushedAt: i,
      pulledAt: undefined,
      size: 1,
    }));
    const policy = checkPolicy({ repositories: ['*/*'], olderThan: '1 day' }, 10 ** 12);
    const protect = compileProtect(
      Array.from({ length: 160 }, (_, i) => `*${'ab01'[i % 4]!}${'?'.repeat(20 + (i % 7))}x`),
    );
    const prepared = atOnce(prepareTags({ namespace: 'acme', name: 'web' }, tags));
    const cancel = new AbortController();
    setImmediate(() => cancel.abort(new Error('enough')));
    await assert.rejects(
      inSlices(judge(prepared, { policy, now: 10 ** 12, asOf: 10 ** 12, protect }), cancel.signal),
      /enough/,
    );
  });
});
