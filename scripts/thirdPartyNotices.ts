import type { BundledPackage } from './bundledPackages.ts';

/** The text of `THIRD-PARTY-NOTICES`: each bundled package with its version, its licence and the licence's text. */
export function thirdPartyNotices(packages: readonly BundledPackage[]): string {
  const rule = '-'.repeat(80);
  const parts = packages.map(({ name, version, licence, texts }) =>
    [
      rule,
      `${name} ${version} (${licence ?? 'no licence named'})`,
      rule,
      '',
      ...texts.flatMap((text) => [text, '']),
    ].join('\n'),
  );
  return ['Pruner for Docker Hub contains parts of these packages.', '', ...parts].join('\n');
}
