import { inSlices } from '../../src/async/inSlices.ts';
import { checkPolicy } from '../../src/retention/policy/checkPolicy.ts';
import { judge } from '../../src/retention/plan/policyPlan.ts';
import { prepareTags } from '../../src/retention/plan/preparedTags.ts';
import { compileProtect } from '../../src/retention/policy/protect.ts';
import { unreachablePolicies } from '../../src/retention/policy/unreachablePolicies.ts';
import type { Measure } from './steps.ts';

/** Plans against as many hostile globs as a policy and the settings may hold, and looks through a long policy file (globs-hostile). */
export async function hostileGlobs(count: number, measure: Measure): Promise<void> {
  const repository = { namespace: 'team', name: 'api' };
  const now = Date.now();
  const policy = checkPolicy({ repositories: ['*/*'], olderThan: '90 days' }, now);
  for (const [what, patterns, nameOf] of [
    ['*aab*b', Array.from({ length: 800 }, () => '*aab*b'), (i: number) => `${i}-${'a'.repeat(100)}`],
    ['many states', Array.from({ length: 160 }, (_, i) => `*${'ab01'[i % 4]!}${'?'.repeat(20 + (i % 7))}x`), noise],
  ] as const) {
    const tags = Array.from({ length: count }, (_, i) => ({
      name: nameOf(i),
      pushedAt: now - i,
      pulledAt: undefined,
      size: 1,
    }));
    const prepared = await inSlices(prepareTags(repository, tags));
    await measure(`globs-hostile: ${what}`, () =>
      inSlices(judge(prepared, { policy, now, asOf: now, protect: compileProtect(patterns) })),
    );
  }
  const same = Array.from({ length: 200 }, () => ({
    repositories: Array.from({ length: 50 }, (_, i) => `acme/service-${i}-*`),
  }));
  await measure('policies, 200 of equal globs', () => unreachablePolicies(same));
}

function noise(index: number): string {
  let state = index * 2_654_435_761 + 1;
  return (
    `${index}-` +
    Array.from({ length: 120 }, () => 'ab01'[(state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 30]).join('')
  );
}
