import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { inSlices } from '../../src/async/inSlices.ts';
import { checkPolicy } from '../../src/retention/policy/checkPolicy.ts';
import { makePolicyBatch } from '../../src/retention/plan/policyBatch.ts';
import { judge } from '../../src/retention/plan/policyPlan.ts';
import { type PreparedTags, prepareTags } from '../../src/retention/plan/preparedTags.ts';
import { compileProtect } from '../../src/retention/policy/protect.ts';
import type { Tag } from '../../src/retention/tags/tag.ts';
import { packImages } from '../../src/retention/tags/tagImages.ts';
import { everyRule, kindOf, pushedEvery, subjectOf, versionOf, type PlanReport, type PlanTask } from './planTask.ts';

// Plans in a process of its own, so that the first plan is one of code that never ran.
const { tags: count } = JSON.parse(process.argv[2]!) as PlanTask;
process.once('disconnect', () => process.exit());
const now = Date.now();
const repository = { namespace: 'team', name: 'big' };
const policy = checkPolicy(everyRule, now);
const protect = compileProtect(['latest', 'release-*']);

// Frozen, as a listing gives them.
const tags = Array.from({ length: count }, (_, ago) => Object.freeze(tagOf(ago)));
const used = tags.filter((_, ago) => kindOf(ago) === 'referenced');
const uses = {
  tags: new Map(used.map(({ name }, at) => [name, `deploy/web.yaml:${at + 1}`])),
  digests: new Map([[digestOf('elsewhere'), 'deploy/api.yaml:1']]),
};
const stalls = monitorEventLoopDelay({ resolution: 5 });
stalls.enable();
const first = await timed(() => inSlices(prepareTags(repository, tags)));
const again = await timed(() => Promise.resolve(first.prepared));
const report: PlanReport = {
  firstMs: first.ms,
  againMs: again.ms,
  firstCpuMs: first.cpuMs,
  againCpuMs: again.cpuMs,
  going: first.going === again.going ? first.going : NaN,
  longestStallMs: stalls.max / 1e6,
};
process.send!(report, () => process.exit());

async function timed(
  prepare: () => Promise<PreparedTags>,
): Promise<{ readonly ms: number; readonly cpuMs: number; readonly going: number; readonly prepared: PreparedTags }> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const prepared = await prepare();
  const { plan } = await inSlices(
    judge(prepared, {
      policy,
      now,
      asOf: now,
      protect,
      uses,
      isImmutable: (name) => name === 'none',
      inDateOrder: true,
    }),
  );
  const { total } = await inSlices(makePolicyBatch([{ plan, policy }], { maxDeletions: 0 }));
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  // The timer that notices how long it was late gets its turn.
  await setImmediate();
  return { ms, cpuMs: (user + system) / 1000, going: total, prepared };
}

function tagOf(ago: number): Tag {
  const kind = kindOf(ago);
  if (kind === 'attachment') return attachmentAt(ago);
  const name =
    kind === 'version'
      ? `v${versionOf(ago, count).join('.')}`
      : `${kind === 'protected' ? 'stable' : kind === 'uncovered' ? 'other' : 'build'}-2026.11.25-${ago}`;
  const pushedAt = now - ago * pushedEvery;
  const platforms = [digestOf(`${ago} amd64`), digestOf(`${ago} arm64`)];
  return {
    name,
    digest:
      kind === 'alias'
        ? digestOf(String(ago - 2))
        : kind === 'platform'
          ? digestOf(`${ago - 3} arm64`)
          : digestOf(String(ago)),
    ...(kind !== 'undated' && { pushedAt }),
    pulledAt: kind === 'pulled' ? now : pushedAt,
    size: 50_000_000 + ago,
    images: packImages(platforms.map((digest) => ({ digest, size: 25_000_000 + ago }))),
  };
}

function attachmentAt(ago: number): Tag {
  const subject = subjectOf(ago);
  const digest = digestOf(
    subject.of === 'nothing' ? `gone ${ago}` : subject.of === 'platform' ? `${subject.ago} arm64` : String(subject.ago),
  );
  const pushedAt = now - ago * pushedEvery;
  return {
    name: `${digest.replace(':', '-')}.${['sig', 'att', 'sbom'][ago % 3]}`,
    digest: digestOf(`attachment ${ago}`),
    pushedAt,
    pulledAt: pushedAt,
    size: 1_000 + (ago % 5_000),
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
