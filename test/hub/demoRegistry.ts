import { registryUnavailable, startRegistryWithHub } from '../registry/registryFixture.ts';
import { DEMO } from './demoWorld.ts';
import type { Hub } from './hub.ts';

/** The registry beside the demonstration's Hub, or why there is none. */
export type DemoRegistry = { readonly origin: string; close(): Promise<void> } | { readonly unavailable: string };

const day = 86_400_000;
const images = 24;

/**
 * Puts a real registry beside the Hub, with a repository `shop` of real, tiny images whose deleted tags can be restored. The other
 * repositories of the demonstration are only listed.
 * @param port 0: a free one
 */
export async function demoRegistry(hub: Hub, port: number): Promise<DemoRegistry> {
  const unavailable = await registryUnavailable();
  if (unavailable !== undefined) return { unavailable };
  const registry = await startRegistryWithHub({ hub, port });
  const repository = `${DEMO.organisation.name}/shop`;
  for (let i = images; i > 0; i--) {
    await registry.pushImage(repository, `build-${100 - i}`, { pushedAt: Date.now() - i * 15 * day });
  }
  await registry.pushIndex(repository, 'v1.0', { pushedAt: Date.now() - 200 * day });
  await registry.pushIndex(repository, 'latest', { pushedAt: Date.now() - 2 * day });
  return { origin: registry.registryOrigin, close: () => registry.close() };
}
