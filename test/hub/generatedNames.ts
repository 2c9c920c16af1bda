import type { Random } from './seededRandom.ts';
import { hexDigits } from './seededRandom.ts';

/**
 * Distinct tag names as CI gives them, one for each instant (epoch milliseconds, oldest first): `build-1234`, `v1.2.3`, and with `mixed`
 * also `sha-abcdef0` and `nightly-20250101`. The last of more than one is `latest`.
 */
export function generatedNames(instants: readonly number[], style: 'builds' | 'mixed', random: Random): string[] {
  const taken = new Set<string>();
  const version = [1, 0, 0] as [number, number, number];
  const firstBuild = 1000;
  const names = instants.map((at, index) => {
    if (index === instants.length - 1 && instants.length > 1) return 'latest';
    const build = `build-${firstBuild + index}`;
    const pick = random();
    if (pick < 0.03) return nextVersion(version, random);
    if (style === 'builds') return build;
    if (pick < 0.3) return free(`sha-${hexDigits(random, 7)}`, taken) ?? build;
    if (pick < 0.4) {
      return free(`nightly-${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}`, taken) ?? build;
    }
    return build;
  });
  return names;
}

function nextVersion(version: [number, number, number], random: Random): string {
  const pick = random();
  if (pick < 0.05) version.splice(0, 3, version[0] + 1, 0, 0);
  else if (pick < 0.3) version.splice(1, 2, version[1] + 1, 0);
  else version[2]++;
  return `v${version.join('.')}`;
}

function free(name: string, taken: Set<string>): string | undefined {
  if (taken.has(name)) return undefined;
  taken.add(name);
  return name;
}
