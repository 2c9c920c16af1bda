import process from 'node:process';

const kept = new Set([
  'registry',
  'cache',
  'userconfig',
  'globalconfig',
  'proxy',
  'https_proxy',
  'noproxy',
  'cafile',
  'ca',
  'strict_ssl',
]);

/**
 * The environment for an npm that works outside the project. An npm script hands its own options and the project's on to
 * every npm below it (`npm_config_local_prefix`, `npm_config_omit`, …); only how to reach the registry may pass.
 */
export function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => {
      const lower = name.toLowerCase();
      return lower.startsWith('npm_config_')
        ? kept.has(lower.slice('npm_config_'.length))
        : !/^(npm_|init_cwd$)/.test(lower);
    }),
  );
}
