import fc from 'fast-check';
import { parseAge } from '../../../../src/retention/tags/age.ts';
import type { DraftSource } from '../../../../src/retention/draft/draftTable.ts';
import { PlanDraft, type DraftInput } from '../../../../src/retention/draft/planDraft.ts';
import type { DraftRow } from '../../../../src/retention/draft/settledDraft.ts';
import { policyOlderThan, type Policy } from '../../../../src/retention/policy/policy.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { packImages } from '../../../../src/retention/tags/tagImages.ts';

export const DAY = 86_400_000;
export const NOW = Date.UTC(2026, 0, 15, 12);

/** A policy by age with some of its fields changed. */
export function policyOf(fields: Partial<Policy> = {}, age = '90 days'): Policy {
  return { ...policyOlderThan(parseAge(age, NOW)), ...fields };
}

/** A source of one repository of the namespace `team`. */
export function sourceOf(name: string, tags: readonly Tag[], more: Partial<DraftSource> = {}): DraftSource {
  return { repository: { namespace: 'team', name }, tags, asOf: NOW, inDateOrder: false, ...more };
}

/** A draft that protects `latest` and `keep*`. */
export function draftOf(sources: readonly DraftSource[], more: Partial<DraftInput> = {}): PlanDraft {
  return atOnce(
    PlanDraft.create({
      sources,
      policy: policyOf(),
      protect: compileProtect(['latest', 'keep*']),
      maxDeletions: 0,
      now: NOW,
      ...more,
    }),
  );
}

/** All rows of a draft, whatever it shows. */
export function allRows(draft: PlanDraft): readonly DraftRow[] {
  return [...draft.settled.allRows()];
}

/** `repository:tag` of a row. */
export function rowName({ repository, tag }: Pick<DraftRow, 'repository' | 'tag'>): string {
  return `${repository.name}:${tag.name}`;
}

/** Where rows are shown, by `repository:tag`. */
export function positionsOf(draft: PlanDraft, ...names: readonly string[]): readonly number[] {
  const shown = draft.rows(0, draft.rowCount).map(rowName);
  return names.map((name) => {
    const position = shown.indexOf(name);
    if (position < 0) throw new Error(`${name} is not shown.`);
    return position;
  });
}

const digests = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `sha256:${letter.repeat(64)}`);
const platformDigests = [...digests, ...['1', '2', '3'].map((digit) => `sha256:${digit.repeat(64)}`)];

/** Lists of tags that share digests and platforms, with dates on both sides of 90 days ago and at the ends of what is possible. */
const tagLists = fc
  .uniqueArray(
    fc.record(
      {
        name: fc.oneof(
          fc.stringMatching(/^[ab][a-c0-2.-]{0,3}$/),
          fc.constantFrom('latest', 'keep-1', '1.0', '1.1', '2.0', 'fixed-1', 'fixed-2', 'A', 'Zz'),
        ),
        digest: fc.constantFrom(...digests),
        pushedAt: fc.oneof(
          fc.integer({ min: NOW - 100 * DAY, max: NOW - 80 * DAY }),
          fc.integer({ min: NOW - 3000 * DAY, max: NOW + DAY }),
          fc.constantFrom(
            Date.parse('0001-01-01T00:00Z'),
            Date.parse('9999-12-31T23:59:59.999Z'),
            -8.64e15,
            9e15,
            NaN,
            NOW - 90 * DAY,
          ),
        ),
        pulledAt: fc.integer({ min: NOW - 300 * DAY, max: NOW }),
        size: fc.nat({ max: 1000 }),
        images: fc
          .uniqueArray(fc.constantFrom(...platformDigests), { minLength: 1, maxLength: 2 })
          .map((some) => packImages(some.map((digest) => ({ digest, size: 10 + platformDigests.indexOf(digest) })))),
      },
      { requiredKeys: ['name'] },
    ),
    { selector: ({ name }) => name, maxLength: 25, size: '+1' },
  )
  // A digest means one image: its size is the same wherever it is known.
  .map((tags) =>
    tags.map((tag) =>
      tag.size === undefined || tag.digest === undefined ? tag : { ...tag, size: 100 + digests.indexOf(tag.digest) },
    ),
  );

/** One repository or several; names that begin with `fixed` are immutable in some. */
export const sourceLists = fc
  .array(fc.tuple(tagLists, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 3 })
  .map((lists) =>
    lists.map(([tags, fixes, uses], index) =>
      sourceOf(['web', 'api', 'db'][index]!, tags, {
        ...(fixes && { isImmutable: (name: string) => name.startsWith('fixed') }),
        ...(uses && {
          uses: {
            tags: new Map([
              ['a', 'deploy/a.yaml:1'],
              ['keep-1', 'deploy/b.yaml:2'],
            ]),
            digests: new Map([[digests[0]!, 'Dockerfile:1']]),
          },
        }),
      }),
    ),
  );

/** Policies with and without each rule that the draft itself looks at. */
export const policies = fc
  .record({
    age: fc.constantFrom('90 days', '30 days', '1 year', '2025-06-01'),
    keepNewest: fc.nat({ max: 3 }),
    versions: fc.boolean(),
    keepAliases: fc.boolean(),
    keepReferenced: fc.boolean(),
    maxDeletions: fc.constantFrom(0, 0, 1, 5),
    maxShare: fc.constantFrom(1, 0.5, 0.1),
    tags: fc.constantFrom(['*'], ['a*']),
  })
  .map(({ age, versions, ...fields }) =>
    policyOf({ ...fields, ...(versions && { keepVersions: { majors: 1, patches: 1 } }) }, age),
  );
