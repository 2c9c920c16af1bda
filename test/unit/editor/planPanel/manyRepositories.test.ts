import assert from 'node:assert/strict';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import type { PanelState } from '../../../../src/editor/planPanel/panelState.ts';
import type { PlanLists } from '../../../../src/editor/planPanel/planPort.ts';
import { useVscodeDouble } from '../../../ui/vscodeDouble.ts';
import { firstControls, keptBy, manyLists, openPanel } from './panelStage.ts';

/** How often the name of a repository was read. */
let reads = 0;

function watched({ namespace, name }: RepositoryName): RepositoryName {
  return {
    namespace,
    get name() {
      return (reads++, name);
    },
  };
}

function watchedLists(repositories: number): PlanLists {
  const lists = manyLists(repositories, 2);
  return { ...lists, sources: lists.sources.map((source) => ({ ...source, repository: watched(source.repository) })) };
}

/** How often names are read while lists are shown, and while a rule is changed; up to what the page is given to keep. */
async function readsOf(repositories: number): Promise<{ readonly show: number; readonly change: number }> {
  const lists = watchedLists(repositories);
  await using panel = await openPanel(lists.sources.map(({ repository }) => repository));
  reads = 0;
  const shown = panel.next('keep');
  await panel.show(lists);
  await shown;
  const show = reads;
  reads = 0;
  const changed = panel.next('keep');
  await panel.say({ type: 'policy', controls: { ...firstControls, olderThan: '120 days' } }, 'plan');
  await changed;
  return { show, change: reads };
}

describe('a plan panel of thousands of repositories', () => {
  before(useVscodeDouble);

  it('G4: reads the names of repositories in proportion to their number, when it opens and when a rule is changed', async () => {
    const [few, many] = [await readsOf(200), await readsOf(2000)];
    assert.ok(many.show <= 11 * few.show, `${many.show} reads, of a tenth ${few.show}`);
    assert.ok(many.change <= 11 * few.change + 2000, `${many.change} reads, of a tenth ${few.change}`);
    assert.ok(many.change <= 20 * 2000, `${many.change} reads of 2000 names`);
  });

  it('G4: sends the lists and the decisions by hand to the page to keep once, and not with every change', async () => {
    const lists = manyLists(300, 4);
    await using panel = await openPanel(lists.sources.map(({ repository }) => repository));
    const states = (): readonly Partial<PanelState>[] =>
      panel.messages.flatMap((message) => (message.type === 'keep' ? [message.state as Partial<PanelState>] : []));
    const settle = async (act: () => Promise<unknown>): Promise<Partial<PanelState>> => {
      const kept = panel.next('keep');
      await act();
      await kept;
      return states().at(-1)!;
    };
    await settle(() => panel.show(lists));
    const all = keptBy(panel.messages);
    assert.equal(all.lists?.length, 300);
    assert.ok(all.lists.every(({ mark }) => mark !== undefined));
    const rule = await settle(() =>
      panel.say({ type: 'policy', controls: { ...firstControls, olderThan: '120 days' } }, 'plan'),
    );
    assert.deepEqual(Object.keys(rule).sort(), ['controls', 'going', 'policy']);
    const { plan } = panel.messages.findLast((message) => message.type === 'plan')!;
    const picked = await settle(() =>
      panel.say({ type: 'pick', order: plan.order, rows: [[0, 9]], first: 0, as: 'keep' }, 'plan'),
    );
    assert.deepEqual([picked.picks?.length, picked.lists], [10, undefined]);
    const other = await settle(() =>
      panel.say({ type: 'policy', controls: { ...firstControls, olderThan: '1 year' } }, 'plan'),
    );
    assert.equal(other.picks, undefined);
    const undone = await settle(() => panel.say({ type: 'undo' }, 'plan'));
    assert.deepEqual([undone.picks, undone.lists], [[], undefined]);
    const again = await settle(() => panel.show(manyLists(300, 5)));
    assert.deepEqual([again.lists?.length, again.lists?.[0]?.mark === all.lists[0]?.mark], [300, false]);
    assert.deepEqual(keptBy(panel.messages).controls, { ...firstControls, olderThan: '1 year' });
    // A page that is there again keeps nothing yet.
    const reopened = await settle(() => panel.reopen());
    assert.deepEqual(Object.keys(reopened).sort(), Object.keys(keptBy(panel.messages)).sort());
  });

  it('G4: judges once when lists are read again', async () => {
    const lists = manyLists(50, 4);
    await using panel = await openPanel(lists.sources.map(({ repository }) => repository));
    let asked = 0;
    const protect = { protectedBy: () => (asked++, undefined) };
    await panel.show({ ...lists, protect });
    asked = 0;
    await panel.show({ ...manyLists(50, 4), protect });
    assert.equal(asked, 50 * 4);
  });

  it('G4: names a few of many repositories that could not be read, or whose pulls say little, in a plan', async () => {
    const lists = manyLists(400, 30);
    const pulled = lists.sources.map((source) => ({
      ...source,
      tags: source.tags.map((tag) => ({ ...tag, pulledAt: lists.now - 1000 })),
    }));
    const unread = Array.from({ length: 300 }, (_, i) => ({
      repository: { namespace: 'acme', name: `gone-${i}` },
      message: 'Docker Hub did not answer.',
    }));
    await using panel = await openPanel(lists.sources.map(({ repository }) => repository));
    const shown = panel.next('plan');
    await panel.show({ ...lists, sources: pulled, unread });
    await shown;
    const { plan } = await panel.say({ type: 'policy', controls: { ...firstControls, agedBy: 'used' } }, 'plan');
    assert.deepEqual(
      plan.warnings.map((text) => text.slice(0, 55)),
      [
        'acme/service-0, acme/service-1, acme/service-2, acme/se',
        ...[0, 1, 2, 3, 4].map((i) => `acme/gone-${i} couldn't be read, so nothing in it is delet`),
        "295 repositories more couldn't be read, so nothing in t",
      ],
    );
    assert.match(plan.warnings[0]!, /and 395 more: nearly all tags were last pulled/);
  });
});
