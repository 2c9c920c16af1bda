import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { loadRecording, type LoadedRecording } from '../hub/recordings.ts';
import { useStage } from './stage.ts';

interface RecordedRepository {
  readonly name: string;
  readonly tags: { readonly name: string; readonly last_updated: string; readonly tag_last_pushed: string }[];
}

describe('pruning the recorded namespace dustynv', () => {
  const token = 'dckr_pat_dustynv-0000000000000';
  let recording: LoadedRecording;
  const stage = useStage((world) => {
    recording = loadRecording(world, 'dustynv');
    world.addAccount({ name: 'dustynv', tokens: [{ secret: token, scope: 'repo:admin' }] });
  });

  it('deletes exactly the tags that a count over the recording names', async () => {
    const cutoff = new Date(Date.now() - 500 * 86_400_000).toISOString().slice(0, 10);
    const goes: string[] = [];
    const emptied: string[] = [];
    const repositories = JSON.parse(
      readFileSync(new URL('../hub/recorded/namespace-dustynv-2025-05.json', import.meta.url), 'utf8'),
    ) as RecordedRepository[];
    for (const { name, tags } of repositories) {
      const old = tags.filter((tag) => {
        const pushed =
          Math.max(Date.parse(tag.last_updated), Date.parse(tag.tag_last_pushed)) + recording.offsetSeconds * 1000;
        return tag.name !== 'latest' && pushed < Date.parse(cutoff);
      });
      goes.push(...old.map((tag) => `dustynv/${name}:${tag.name}`));
      if (old.length === tags.length && tags.length > 0) emptied.push(`dustynv/${name}`);
    }
    assert.ok(
      goes.length > 100 && goes.length < 752 && emptied.length > 1,
      `${goes.length} tags go, ${emptied.length} repositories are emptied`,
    );

    await stage.signIn('dustynv', token);
    const button = `Delete ${goes.length} Tags`;
    const tick = emptied.map((name) => new RegExp(`^${name.replaceAll('.', '\\.')}$`));
    await stage.run(
      'pruneOldTags',
      [await stage.node('dustynv', 'dustynv')],
      { type: cutoff, pick: cutoff },
      { tick },
      { pick: button },
      { press: button },
    );

    assert.deepEqual(
      stage.dialogs
        .only(/would lose all their tags$/)
        .items.map(({ label }) => label)
        .sort(),
      emptied.sort(),
    );
    assert.deepEqual([...stage.hub.deleted].sort(), goes.sort());
    assert.match(stage.dialogs.said, new RegExp(`^Deleted ${goes.length} tags in \\d+ repositories\\.$`));
  });
});
