/** The fields of a policy, and those of its `keepVersions`, as they are written. */
export const policyFields = {
  policy: [
    'repositories',
    'olderThan',
    'agedBy',
    'tags',
    'protect',
    'keepNewest',
    'keepVersions',
    'keepAliases',
    'keepReferenced',
    'orphanedAttachments',
    'maxDeletions',
    'maxShare',
  ],
  keepVersions: ['majors', 'minors', 'patches', 'prereleases'],
} as const;
