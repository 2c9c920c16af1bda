import { globSync } from 'node:fs';

/** Folders of unit tests that run whole scenarios, thousands of cases, or processes of their own. */
const slowFolders = ['bench', 'faults', 'hostile', 'registry', 'soak'];

/** Other unit tests that take more than a second each. */
const slowFiles = [
  'editor/planPanel/manyRepositories',
  'editor/planPanel/restoredPanel',
  'hub/listing/listingCost',
  'hub/pacing/loneRefusals',
  'references/files/listFolder',
  'references/parsers/hostile',
  'references/reader/diskFolder',
  'references/reader/readBytes',
  'retention/draft/planDraftModel',
  'retention/plan/attachments',
  'retention/plan/manyLists',
  'retention/plan/policyPlan',
  'runs/journal/claims',
  'runs/journal/journalFolder',
  'runs/journal/journalRecord',
  'runs/resumePolicies',
  'runs/run/manyTags',
  'runs/run/movedWatch',
  'runs/run/originDefects',
  'scripts/extensionBuild',
  'text/l10n',
];

/** The unit tests that together take less than 20 seconds on two cores, for use after every change. @param root of the project */
export function quickTests(root: string): string[] {
  const files = globSync('test/unit/**/*.test.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  const isSlow = (file: string) =>
    slowFolders.some((folder) => file.startsWith(`test/unit/${folder}/`)) ||
    slowFiles.some((name) => file === `test/unit/${name}.test.ts`);
  return files.filter((file) => !isSlow(file)).sort();
}
