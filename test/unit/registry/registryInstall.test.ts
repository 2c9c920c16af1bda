import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { findProgram } from '../../../scripts/findProgram.ts';
import { ensureRegistry } from '../../../scripts/registryInstall.ts';
import type { TemporaryFolder } from '../../../scripts/temporaryFolder.ts';
import { temporaryFolder } from '../../../scripts/temporaryFolder.ts';
import { withEnvironment } from './withEnvironment.ts';

/** No process has it: Linux gives at most 4,194,304. */
const nobody = 99_999_999;

describe('getting a registry', () => {
  let scratch: TemporaryFolder;
  let tools: string;
  let cache: string;
  const ensure = async (): Promise<unknown> => {
    let found: unknown;
    // Only what the test put there is on PATH, and the shell of its scripts is named in full.
    await withEnvironment(
      { PATH: tools, PRUNER_TEST_REGISTRY: '' },
      async () => void (found = await ensureRegistry(cache)),
    );
    return found;
  };
  const tool = async (name: string, script: string): Promise<string> => {
    const path = join(tools, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const unpacked = (): string => join(cache, 'docker-registry', 'usr', 'bin', 'docker-registry');
  const link = (name: string): Promise<void> => symlink(findProgram(name) ?? '', join(tools, name));

  beforeEach(async function () {
    if (process.platform === 'win32') this.skip();
    scratch = await temporaryFolder('install');
    tools = join(scratch.path, 'tools');
    cache = join(scratch.path, 'cache');
    await mkdir(tools);
  });
  afterEach(() => scratch[Symbol.asyncDispose]());

  it('takes the one on PATH', async () => {
    const path = await tool('docker-registry', '');
    assert.deepEqual(await ensure(), { path });
  });

  it('says which tools are missing', async () => {
    assert.deepEqual(await ensure(), {
      unavailable: "docker-registry is not on PATH, and without apt-get and dpkg Debian's package cannot be had.",
    });
    await tool('apt-get', '');
    assert.deepEqual(await ensure(), {
      unavailable: "docker-registry is not on PATH, and without dpkg Debian's package cannot be had.",
    });
  });

  it('takes the program out of the package once, and removes what an interrupted run left', async () => {
    await tool('apt-get', 'echo "$@" >> ../asked; : > docker-registry_2.8_all.deb');
    await tool('dpkg', 'mkdir -p usr/bin && : > usr/bin/docker-registry && chmod +x usr/bin/docker-registry');
    for (const name of ['mkdir', 'chmod']) await link(name);
    await mkdir(join(cache, `docker-registry.partial-${nobody}`), { recursive: true });
    assert.deepEqual(await ensure(), { path: unpacked() });
    assert.deepEqual((await readdir(cache)).sort(), ['asked', 'docker-registry']);
    assert.deepEqual(await readdir(join(cache, 'docker-registry')), ['usr']);
    for (const name of ['apt-get', 'dpkg']) await tool(name, 'exit 1');
    assert.deepEqual(await ensure(), { path: unpacked() });
  });

  it('reads the lists of packages as root when they do not lead to the package', async function () {
    if (process.getuid?.() !== 0) this.skip();
    await tool(
      'apt-get',
      'lists="${0%/*}/lists"; case $1 in update) : > "$lists";; *) [ -e "$lists" ] && : > docker-registry_2.8_all.deb;; esac',
    );
    await tool('dpkg', 'mkdir -p usr/bin && : > usr/bin/docker-registry && chmod +x usr/bin/docker-registry');
    for (const name of ['mkdir', 'chmod']) await link(name);
    assert.deepEqual(await ensure(), { path: unpacked() });
  });

  it('gives the reason of apt, and leaves no half of an installation', async () => {
    await tool('apt-get', 'echo "W: something" >&2; echo "E: Unable to locate package docker-registry" >&2; exit 100');
    await tool('dpkg', '');
    assert.deepEqual(await ensure(), {
      unavailable:
        "docker-registry is not on PATH, and Debian's package cannot be had: Unable to locate package docker-registry",
    });
    assert.deepEqual(await readdir(cache), []);
  });
});
