import assert from 'node:assert/strict';
import { settingsOf } from '../hub/options.ts';
import { World } from '../hub/world.ts';
import type { RegistryFixture } from './registryFixture.ts';
import { startRegistryWithHub } from './registryFixture.ts';
import { skipWithoutRegistry } from './skipWithoutRegistry.ts';

/** Above what the start itself waits for (ms), so that its error is the one that is seen. */
const startTime = 70_000;

/**
 * Gives the tests of a suite one registry and one Hub, started once and empty before each test. Where there is no registry, the
 * suite is pending and says why.
 * @param fill puts into the empty world what each test needs
 * @returns a function for the tests of the suite, not outside of them
 */
export function useRegistry(fill: (world: World) => void): () => RegistryFixture {
  let fixture: RegistryFixture | undefined;

  before(skipWithoutRegistry);
  before(async function () {
    this.timeout(startTime);
    fixture = await startRegistryWithHub({ world: new World() });
  });
  beforeEach(() => {
    const { hub } = running();
    const { world } = hub;
    for (const map of [world.accounts, world.organisations, world.repositories]) map.clear();
    fill(world);
    running().clear();
    hub.clearScripts();
    Object.assign(hub.options, settingsOf({}));
    for (const list of [hub.requests, hub.deleted, hub.deletedRepositories]) list.length = 0;
  });
  after(async () => {
    await fixture?.close();
    fixture = undefined;
  });

  function running(): RegistryFixture {
    assert.ok(fixture, 'outside of a test');
    return fixture;
  }
  return running;
}
