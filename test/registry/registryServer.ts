import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { startGroup } from '../../scripts/childProcesses.ts';
import { whenListening } from '../../scripts/whenListening.ts';

/** What a registry is started with. */
export interface RegistryOptions {
  /** Path of `docker-registry`. */
  readonly program: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** A folder of its own: for its configuration, and below `storage` for what is pushed. */
  readonly folder: string;
  /** Address of the token service. */
  readonly realm: string;
  /** The only `aud` that it takes in tokens. */
  readonly service: string;
  /** The only `iss` that it takes in tokens. */
  readonly issuer: string;
  /** PEM of the certificate whose key signs the tokens. */
  readonly certificate: string;
}

/** A registry that answers. */
export interface RunningRegistry {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly origin: string;
  /** Ends its process. */
  close(): Promise<void>;
}

/** Where in its folder a registry keeps what is pushed. */
export function storageIn(folder: string): string {
  return join(folder, 'storage');
}

/**
 * Starts Debian's `docker-registry` on a port of 127.0.0.1 and waits until it listens.
 * @throws when it ends or is silent for a minute, with what it wrote
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { folder, realm, service, issuer } = options;
  await mkdir(storageIn(folder), { recursive: true });
  const rootcertbundle = join(folder, 'certificate.pem');
  await writeFile(rootcertbundle, options.certificate);
  // No cache of descriptors: what the Hub deletes in the storage is gone at once.
  const configuration = {
    version: 0.1,
    log: { accesslog: { disabled: true }, level: 'info' },
    storage: {
      filesystem: { rootdirectory: storageIn(folder) },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: `127.0.0.1:${options.port ?? 0}`, secret: 'of-no-use' },
    auth: { token: { realm, service, issuer, rootcertbundle } },
  };
  const file = join(folder, 'configuration.yml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(configuration));
  // Nothing else of the environment: REGISTRY_… variables lie over the configuration, OTEL_… variables send traces.
  const env = { PATH: process.env['PATH'], HOME: folder };
  const group = await startGroup(options.program, ['serve', file], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const port = await whenListening('The registry', group, /listening on 127\.0\.0\.1:(\d+)/);
    return { origin: `http://127.0.0.1:${port}`, close: () => group.end() };
  } catch (error) {
    await group.end();
    throw error;
  }
}
