import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '.vscode-test/', 'test-results/', 'node_modules/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // AbortSignal reasons are thrown on as they are; they are whatever the caller aborted with.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowThrowingAny: true }],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      // One dialect: what fits on one line has no braces, whatever spans lines has them.
      curly: ['error', 'multi-line', 'consistent'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'undici',
              message: 'Only tests may; in VS Code the injected fetch is the one that knows the proxy.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-nested-ternary': 'error', 'max-lines': ['error', 300], 'max-lines-per-function': ['error', 80] },
  },
  {
    // To be split.
    files: [
      'src/editor/planPanel/page/tagGrid.ts',
      'src/editor/planPanel/planPanel.ts',
      'src/editor/tree/hubModel.ts',
      'src/hub/client.ts',
      'src/retention/plan/{plan,policyPlan,preparedTags}.ts',
      'src/retention/recheck/stillDeletable.ts',
      'src/runs/{resume,restore,judgeAgain}.ts',
      'src/runs/run/repositoryRun.ts',
      'src/editor/prune/deleteRepository.ts',
      'src/references/parsers/interpolate.ts',
    ],
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
  },
  {
    // A draft is one thing with many readers; its caches have files of their own.
    files: ['src/retention/draft/planDraft.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    // A table of what to say, an entry for each kind of error.
    files: ['src/text/failureText.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'no-restricted-imports': 'off', '@typescript-eslint/require-await': 'off' },
  },
  {
    // Answers are asserted on, not parsed, and functions that run in the page have a DOM that the compiler settings do not know.
    files: ['test/**/*.ts', 'scripts/runHostInServer.ts'],
    rules: Object.fromEntries(
      ['assignment', 'call', 'member-access', 'return', 'argument'].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        'off',
      ]),
    ),
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
