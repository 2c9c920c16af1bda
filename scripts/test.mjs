import { bootstrap } from './bootstrap.mjs';

await bootstrap('runTests.ts');
