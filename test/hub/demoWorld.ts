import { generateRepository } from './generate.ts';
import type { LoadedRecording } from './recordings.ts';
import { loadRecording } from './recordings.ts';
import { World } from './world.ts';

/** Names and secrets of the demonstration. They open nothing but this server. */
export const DEMO = {
  /** Owns the recorded namespace of the same name, administers `acme`, may read `readers`. */
  user: {
    name: 'dustynv',
    password: 'demo-password',
    /** Personal access token that may delete. */
    deleteToken: 'dckr_pat_demo-delete-000000000000000',
    /** Personal access token that may only read: a delete answers 403. */
    readToken: 'dckr_pat_demo-read-00000000000000000',
  },
  /** Has two factors: the password asks for the code. */
  twoFactorUser: { name: 'casey', password: 'casey-password', code: '123456' },
  /** An organisation with generated repositories and an organisation access token. */
  organisation: { name: 'acme', token: 'dckr_oat_demo-acme-0000000000000000000000' },
  /** An organisation whose repositories `dustynv` may read and not delete. */
  readOnlyOrganisation: { name: 'readers' },
} as const;

/** What the demonstration shows. */
export interface DemoOptions {
  /** Default `both`. */
  data?: 'recorded' | 'generated' | 'both';
  /** Tags of `acme/huge`; default 10,000. */
  tags?: number;
  /** Share (0 to 1) of the images of `acme/huge` that are signed; default 0. */
  signed?: number;
  /** Default 1. */
  seed?: number;
  /** Epoch milliseconds, the same clock as the server's; default `Date.now`. */
  now?: () => number;
}

/** A world for the demonstration, and what of the recordings is in it. */
export function demoWorld(options: DemoOptions = {}): { world: World; recordings: LoadedRecording[] } {
  const { data = 'both', tags = 10_000, signed = 0, seed = 1, now = () => Date.now() } = options;
  const world = new World({ now });
  const { user, twoFactorUser, organisation, readOnlyOrganisation } = DEMO;
  world.addAccount({
    name: user.name,
    password: user.password,
    tokens: [
      { secret: user.deleteToken, scope: 'repo:admin' },
      { secret: user.readToken, scope: 'repo:read' },
    ],
  });
  world.addAccount({ name: twoFactorUser.name, password: twoFactorUser.password, otp: twoFactorUser.code });
  world.addOrganisation({
    name: organisation.name,
    members: { [user.name]: 'admin', [twoFactorUser.name]: 'write' },
    oats: [
      {
        secret: organisation.token,
        scopes: [
          'scope-repository-list',
          'scope-repository-read',
          'scope-repository-admin',
          'scope-tag-read',
          'scope-tag-admin',
        ],
      },
    ],
  });
  world.addOrganisation({ name: readOnlyOrganisation.name, members: { [user.name]: 'read' } });

  const recordings =
    data === 'generated'
      ? []
      : (['dustynv', 'crazymax', 'library'] as const).map((namespace) =>
          loadRecording(world, namespace, { now: now(), seed }),
        );
  if (data !== 'recorded') addGenerated(world, { tags, signed, seed, now: now() });
  return { world, recordings };
}

function addGenerated(
  world: World,
  { tags, signed, seed, now }: { tags: number; signed: number; seed: number; now: number },
): void {
  const namespace = DEMO.organisation.name;
  const common = { seed, newest: now };
  world.addRepository(
    generateRepository({
      ...common,
      namespace,
      name: 'web',
      tags: 1200,
      description: 'One tag for each CI build',
      undated: 0.005,
      withoutDigest: 0.05,
    }),
  );
  world.addRepository(
    generateRepository({
      ...common,
      namespace,
      name: 'api',
      tags: 300,
      style: 'mixed',
      isPrivate: true,
      description: 'Private',
    }),
  );
  world.addRepository({ namespace, name: 'empty', description: 'No tags' });
  world.addRepository(
    generateRepository({
      ...common,
      namespace,
      name: 'huge',
      tags,
      style: 'mixed',
      description: 'More than anyone wants to see',
      ...(signed > 0 && { signed: { share: signed, suffixes } }),
    }),
  );
  world.addRepository(
    generateRepository({
      ...common,
      namespace,
      name: 'signed',
      names: signedNames(),
      description: 'Each image is signed',
      signed: { suffixes, fallback: 0.02, ofPlatform: 0.02, again: 0.05, chained: 1, orphans: 2 },
      caches: [{ name: 'buildcache' }, { name: 'cache-feature-login', ageDays: 200, form: 'index' }],
    }),
  );
  const releases = generateRepository({
    ...common,
    namespace,
    name: 'releases',
    names: releaseNames(),
    description: 'Versions are immutable',
    immutable: { enabled: true, rules: ['^v[0-9]'] },
  });
  world.addRepository(releases);
  world.addRepository(
    generateRepository({
      ...common,
      namespace: DEMO.readOnlyOrganisation.name,
      name: 'handbook',
      tags: 40,
      isPrivate: true,
      description: 'Only to read',
    }),
  );
}

const suffixes = ['.sig', '.att', '.sbom'] as const;

/** 45 builds with a release after every third of them, and `latest`: 60 images. */
function signedNames(): string[] {
  const builds = Array.from({ length: 45 }, (_, i) => [
    `build-${i + 1}`,
    ...(i % 3 === 2 ? [`v1.${Math.floor(i / 9)}.${Math.floor(i / 3) % 3}`] : []),
  ]);
  return [...builds.flat(), 'latest'];
}

/** `v1.0.0` to `v3.4.3`, and `latest`. */
function releaseNames(): string[] {
  const versions = [1, 2, 3].flatMap((major) =>
    [0, 1, 2, 3, 4].flatMap((minor) => [0, 1, 2, 3].map((patch) => `v${major}.${minor}.${patch}`)),
  );
  return [...versions, 'latest'];
}
