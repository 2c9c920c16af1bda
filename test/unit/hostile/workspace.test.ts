import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileGlob, GlobSyntaxError } from '../../../src/retention/globs/glob.ts';
import { narrowCap, unionProtect } from '../../../src/retention/policy/narrow.ts';
import { compileProtect } from '../../../src/retention/policy/protect.ts';
import type { Tag } from '../../../src/retention/tags/tag.ts';
import { bounded } from './cost.ts';
import { planByAge } from '../retention/plan/planByAge.ts';

const now = Date.UTC(2026, 0, 15);
const repository = { namespace: 'team', name: 'api' };

describe('what a hostile workspace sets (invariant 12)', () => {
  it('takes no protection away, whatever its patterns are: a pattern that cannot be read ends the prune', () => {
    const patterns = fc.array(
      fc.oneof(
        fc.constantFrom('*', '!latest', '[!l]*', '{}', '', '\\', '\u0000', '__proto__', '[^a]', '{,}'),
        fc.string({ maxLength: 20 }),
      ),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(patterns, patterns, (workspace, folder) => {
        try {
          const protection = compileProtect(unionProtect(['latest', 'v1.*'], workspace, folder));
          for (const name of ['latest', 'LATEST', 'v1.2']) assert.notEqual(protection.protectedBy(name), undefined);
        } catch (error) {
          assert.ok(error instanceof GlobSyntaxError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('raises no cap', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (user, workspace) => {
        const cap = narrowCap(user, workspace);
        assert.ok(user === 0 || (cap > 0 && cap <= user));
      }),
    );
    for (const cap of [-1, 0.5, NaN, Infinity, 2 ** 53]) assert.throws(() => narrowCap(5, cap), RangeError);
  });

  it('has too many patterns, or too long ones, at once and in little memory', async () => {
    const lists = [
      Array.from({ length: 10_000 }, (_, i) => `${'*a'.repeat(497)}${i}`),
      Array.from({ length: 10_000 }, (_, i) => `p${i}`),
      Array.from({ length: 11 }, (_, i) => `${i}${'x'.repeat(990)}`),
      ['x'.repeat(10_000_000)],
      [`{${'a,'.repeat(400)}b}`, `{${'a,'.repeat(400)}c}`],
    ];
    for (const list of lists) {
      await bounded('too many', { cpuMs: 300, mb: 50 }, () =>
        assert.throws(() => compileProtect(unionProtect(['latest'], list)), { name: 'ProtectionSizeError' }),
      );
    }
    assert.throws(() => compileGlob('x'.repeat(1001)), GlobSyntaxError);
  });

  it('may have some hundred patterns', () => {
    const protection = compileProtect(
      unionProtect(
        ['latest'],
        Array.from({ length: 300 }, (_, i) => `release-${i}.*`),
      ),
    );
    assert.equal(protection.protectedBy('release-299.1'), 'release-299.*');
  });

  const adversaries: [name: string, pattern: (nth: number) => string][] = [
    ['seven stars', (nth) => `*a*a*a*a*a*a*a${nth}`],
    ['stars alone', (nth) => `${'*'.repeat(90)}c${nth}`],
    ['a star and a long rest', (nth) => `*${'a'.repeat(63)}c${nth}`],
    ['a long middle', (nth) => `*${'a'.repeat(63)}c${nth}*`],
    ['a star between all', (nth) => `${'*a'.repeat(480)}c${nth}`],
    ['questions', (nth) => `${'?*'.repeat(60)}c${nth}`],
    ['sets', (nth) => `*${'[!b-y]'.repeat(20)}c${nth}`],
    ['braces', (nth) => `{${'*a*a*a,'.repeat(nth === 0 ? 65 : 6)}c${nth}}c`],
  ];
  for (const [name, pattern] of adversaries) {
    it(`holds 200 tags with the longest names against 5,000 characters of it in bounded time: ${name}`, async () => {
      const size = pattern(0).length + 3;
      const patterns = Array.from({ length: Math.floor(5_000 / size / (pattern(0).includes('{') ? 10 : 1)) }, (_, i) =>
        pattern(i),
      );
      const protect = compileProtect(patterns);
      // As they come out of JSON: in one piece.
      const tags = JSON.parse(
        JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ name: `${'a'.repeat(120)}b${i}`, pushedAt: 1 }))),
      ) as Tag[];
      const plan = await bounded(name, { cpuMs: 1500 }, () =>
        planByAge({ repository, tags, cutoff: now, asOf: now, protect }),
      );
      assert.equal(plan.going.length, 200);
    });
  }

  it('is matched one way where it has no braces, as it is all ways', () => {
    const characters = fc.constantFrom('a', 'b', '/', '-');
    const plain = fc
      .array(fc.oneof(characters, fc.constantFrom('*', '*', '?', '[ab]', '[!a]')), { minLength: 1, maxLength: 10 })
      .map((parts) => parts.join(''));
    const names = fc.array(characters, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(plain, names, (pattern, name) => {
        // A brace with one entry means what stands in it, and is matched the other way.
        assert.equal(
          compileGlob(pattern).matches(name),
          compileGlob(`{${pattern}}`).matches(name),
          `${pattern} on ${name}`,
        );
      }),
      { numRuns: 20_000 },
    );
  });
});
