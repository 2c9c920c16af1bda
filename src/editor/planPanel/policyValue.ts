import type { Policy } from '../../retention/policy/policy.ts';
import type { PolicyControls, PolicyField } from './messages.ts';

/** The controls that show a policy. */
export function controlsOf(policy: Policy): PolicyControls {
  const { keepVersions } = policy;
  const number = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    olderThan: policy.olderThan?.text ?? '',
    agedBy: policy.agedBy,
    tags: policy.tags.join(' '),
    protect: policy.protect.join(' '),
    keepNewest: policy.keepNewest === 0 ? '' : String(policy.keepNewest),
    majors: number(keepVersions?.majors),
    minors: number(keepVersions?.minors),
    patches: number(keepVersions?.patches),
    prereleases: number(keepVersions?.prereleases),
    keepAliases: policy.keepAliases,
    keepReferenced: policy.keepReferenced,
    orphanedAttachments: policy.orphanedAttachments,
    maxDeletions: policy.maxDeletions === 0 ? '' : String(policy.maxDeletions),
    maxShare: String(rounded(policy.maxShare * 100)),
  };
}

/**
 * What stands in the controls, as `checkPolicy` reads it. An empty control leaves its field out; what is no number stays a text, which
 * `checkPolicy` refuses.
 * @param repositories the globs of the policy, for which there is no control
 */
export function policyValueOf(controls: PolicyControls, repositories: readonly string[]): Record<string, unknown> {
  const versions = {
    majors: numberOf(controls.majors),
    minors: numberOf(controls.minors),
    patches: numberOf(controls.patches),
    prereleases: numberOf(controls.prereleases),
  };
  const hasVersions = Object.values(versions).some((value) => value !== undefined);
  const share = numberOf(controls.maxShare.replace(/\s*%\s*$/, ''));
  const fields = {
    repositories,
    olderThan: controls.olderThan.trim() === '' ? undefined : controls.olderThan.trim(),
    agedBy: controls.agedBy,
    // No glob at all would be a policy that speaks of nothing.
    tags: globsOf(controls.tags),
    protect: globsOf(controls.protect),
    keepNewest: numberOf(controls.keepNewest),
    keepVersions: hasVersions ? defined(versions) : undefined,
    keepAliases: controls.keepAliases,
    keepReferenced: controls.keepReferenced,
    orphanedAttachments: controls.orphanedAttachments,
    maxDeletions: numberOf(controls.maxDeletions),
    maxShare: typeof share === 'number' ? rounded(share / 100) : share,
  };
  return defined({ ...fields, tags: fields.tags.length > 0 ? fields.tags : undefined });
}

/** The control that a problem of a policy belongs to; that of no field, such as a rule that is missing, is told at the first. */
export function fieldOf(path: readonly (string | number)[]): PolicyField {
  const [first, second] = path;
  if (first === 'keepVersions') {
    return second === 'minors' || second === 'patches' || second === 'prereleases' ? second : 'majors';
  }
  const fields: readonly PolicyField[] = [
    'agedBy',
    'tags',
    'protect',
    'keepNewest',
    'keepAliases',
    'keepReferenced',
    'orphanedAttachments',
    'maxDeletions',
    'maxShare',
  ];
  return fields.find((field) => field === first) ?? 'olderThan';
}

/** Commas part globs as well, except between braces: no tag has one, so a glob that ended in one would protect nothing. */
function globsOf(text: string): readonly string[] {
  const globs = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth++;
    if (character === '}' && depth > 0) depth--;
    if (/\s/.test(character) || (character === ',' && depth === 0)) globs.push('');
    else globs.push(`${globs.pop()}${character}`);
  }
  return globs.filter(Boolean);
}

function numberOf(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** 0.29 * 100 is not quite 29. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

function defined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
