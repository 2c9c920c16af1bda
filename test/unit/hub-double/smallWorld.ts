import { World } from '../../hub/world.ts';

/** `ann` owns `ann/app` (public) and `ann/private`; she administers `acme`, and `bob` may only read there. */
export function smallWorld(now?: () => number): World {
  const world = new World(now && { now });
  world.addAccount({
    name: 'ann',
    password: 'pw',
    tokens: [
      { secret: 'admin-pat', scope: 'repo:admin' },
      { secret: 'write-pat', scope: 'repo:write' },
      { secret: 'read-pat', scope: 'repo:read' },
      { secret: 'public-pat', scope: 'repo:public_read' },
    ],
  });
  world.addAccount({ name: 'bob', tokens: [{ secret: 'bob-pat', scope: 'repo:admin' }] });
  world.addAccount({ name: 'casey', password: 'pw', otp: '123456' });
  world.addOrganisation({
    name: 'acme',
    members: { ann: 'admin', bob: 'read' },
    oats: [
      {
        secret: 'full-oat',
        scopes: [
          'scope-repository-list',
          'scope-repository-read',
          'scope-tag-read',
          'scope-tag-admin',
          'scope-repository-admin',
        ],
      },
      { secret: 'listless-oat', scopes: ['scope-tag-read'] },
    ],
  });
  for (const [namespace, name, isPrivate] of [
    ['ann', 'app', false],
    ['ann', 'private', true],
    ['acme', 'web', false],
    ['acme', 'secret', true],
  ] as const) {
    world.addRepository({ namespace, name, isPrivate });
    world.pushTag(namespace, name, 'v1', { pushedAt: '2024-01-01T00:00:00.000000Z' });
    world.pushTag(namespace, name, 'v2', { pushedAt: '2024-02-01T00:00:00.000000Z' });
  }
  return world;
}

/** Pushes `count` tags `t0001`, `t0002`, … a minute apart, the last one newest. */
export function pushMany(world: World, namespace: string, name: string, count: number): void {
  for (let i = 1; i <= count; i++) {
    world.pushTag(namespace, name, `t${String(i).padStart(4, '0')}`, { pushedAt: Date.UTC(2025, 0, 1) + i * 60_000 });
  }
}
