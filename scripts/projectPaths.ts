import { join } from 'node:path';

/** The folder that holds package.json. */
export const projectRoot = join(import.meta.dirname, '..');

/** Where downloads, caches and the temporary folders of test runs go; git ignores it. */
export const cacheFolder = join(projectRoot, '.vscode-test');

/** Where pictures and results of test runs go; git ignores it. */
export const resultsFolder = join(projectRoot, 'test-results');
