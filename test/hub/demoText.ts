import type { DemoRegistry } from './demoRegistry.ts';
import { DEMO } from './demoWorld.ts';
import type { LoadedRecording } from './recordings.ts';
import type { World } from './world.ts';

/** What a newcomer is told: where the server is, who to sign in as, and what there is to see. */
export function demoText(
  origin: string,
  world: World,
  recordings: readonly LoadedRecording[],
  registry?: DemoRegistry,
): string {
  const { user, twoFactorUser, organisation, readOnlyOrganisation } = DEMO;
  const lines = [
    `Docker Hub of the demonstration: ${origin}`,
    ...(registry === undefined
      ? []
      : 'origin' in registry
        ? [`Registry of the demonstration: ${registry.origin}`]
        : [`No registry, so nothing can be restored: ${registry.unavailable}`]),
    '',
    'Sign in as',
    `  ${user.name}, token ${user.deleteToken} (may delete)`,
    `  ${user.name}, token ${user.readToken} (may only read)`,
    `  ${user.name}, password ${user.password}`,
    `  ${twoFactorUser.name}, password ${twoFactorUser.password}, code ${twoFactorUser.code}`,
    `  ${organisation.name}, organization access token ${organisation.token}`,
    '',
    'Namespaces',
  ];
  const namespaces = new Map<string, { repositories: number; tags: number }>();
  for (const { row, tags } of world.repositories.values()) {
    const sum = namespaces.get(row.namespace) ?? { repositories: 0, tags: 0 };
    namespaces.set(row.namespace, { repositories: sum.repositories + 1, tags: sum.tags + tags.size });
  }
  for (const [name, { repositories, tags }] of namespaces) {
    const days = Math.floor(
      (recordings.find((recording) => recording.namespace === name)?.offsetSeconds ?? 0) / 86_400,
    );
    const remark =
      days > 0
        ? `, recorded; dates moved by ${days} days`
        : name === organisation.name
          ? ', generated'
          : name === readOnlyOrganisation.name
            ? ', generated; only to read'
            : '';
    lines.push(
      `  ${name}: ${repositories} ${repositories === 1 ? 'repository' : 'repositories'}, ${tags} tags${remark}`,
    );
  }
  return lines.join('\n');
}
