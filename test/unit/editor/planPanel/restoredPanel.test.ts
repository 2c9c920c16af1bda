import assert from 'node:assert/strict';
import { policyOlderThan } from '../../../../src/retention/policy/policy.ts';
import { parseAge } from '../../../../src/retention/tags/age.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { policyData } from '../../../../src/retention/policy/checkPolicy.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import type { HostMessage } from '../../../../src/editor/planPanel/messages.ts';
import type { PanelState } from '../../../../src/editor/planPanel/panelState.ts';
import type { ShownPlan } from '../../../../src/editor/planPanel/planPort.ts';
import { controlsOf } from '../../../../src/editor/planPanel/policyValue.ts';
import { keptBy } from './panelStage.ts';
import { until } from '../../../ui/until.ts';
import { useVscodeDouble } from '../../../ui/vscodeDouble.ts';

const now = Date.UTC(2025, 5, 1);
const day = 86_400_000;
const repository = { namespace: 'acme', name: 'web' };
const [month, year] = [
  policyOlderThan(parseAge('30 days', now), ['acme/web']),
  policyOlderThan(parseAge('1 year', now), ['acme/web']),
];

const bothTags = [60, 400].map((days) => ({ name: `build-${days}`, pushedAt: now - days * day }));

interface Restored {
  readonly olderThan: string | undefined;
  readonly going: string | undefined;
  readonly canDelete: boolean | undefined;
}

/** What the page of a panel that comes back is told of its plan: which rule stands in the controls, and how many tags go. */
async function restored(left: Partial<PanelState>): Promise<Restored> {
  const { olderThan, going, canDelete } = await restoredWith(left, bothTags);
  return { olderThan, going, canDelete };
}

/**
 * A panel that comes back and finds these tags: what its page is told, and what the page is given to keep.
 * @param act what the page says after that
 */
async function restoredWith(
  left: Partial<PanelState>,
  tags: readonly Tag[],
  act?: (revision: number) => readonly unknown[],
): Promise<
  Restored & {
    readonly label: string | undefined;
    readonly warnings: readonly string[];
    readonly kept: PanelState;
    readonly asked: readonly ShownPlan[];
  }
> {
  useVscodeDouble();
  const { PlanPanel } = await import('../../../../src/editor/planPanel/planPanel.ts');
  const messages: HostMessage[] = [];
  let receive: (value: unknown) => void = () => undefined;
  const event = () => ({ dispose: () => undefined });
  const webview = {
    onDidReceiveMessage: (listener: typeof receive) => {
      receive = listener;
      return event();
    },
    postMessage: (message: HostMessage) => messages.push(message),
  };
  const never = () => Promise.reject(new Error('not asked for'));
  const origins = {
    api: 'https://hub.docker.com',
    registry: 'https://registry-1.docker.io',
    token: 'https://auth.docker.io',
  };
  const asked: ShownPlan[] = [];
  const ask = async (plan: ShownPlan) => void asked.push(plan);
  const port = {
    account: { name: 'acme', kind: 'user', origins },
    read: never,
    delete: ask,
    export: never,
    save: never,
    fail: assert.fail,
    onDidChangeTags: event,
  } as const;
  const state: PanelState = {
    version: 1,
    account: 'acme@https://hub.docker.com',
    lists: [{ ...repository, mark: undefined }],
    policy: policyData(month),
    controls: controlsOf(month),
    picks: [],
    picksLost: false,
    view: { by: 'age', descending: true, verdict: 'all', text: '' },
    measure: 'tags',
    ...left,
  };
  let dispose: () => void = () => undefined;
  const onDidDispose = (listener: () => void) => {
    dispose = listener;
    return event();
  };
  const panel = new PlanPanel({ webview, visible: true, onDidChangeViewState: event, onDidDispose } as never, port, {
    title: '',
    repositories: [repository],
    policy: month,
    left: state,
  });
  receive({ type: 'ready' });
  await panel.show({
    sources: [{ repository, tags, asOf: now, inDateOrder: false }],
    protect: compileProtect([]),
    maxDeletions: 0,
    now,
    unread: [],
    doubts: [],
    asOf: now,
  });
  const shown = messages.findLast((message) => message.type === 'plan')!.plan;
  for (const message of act?.(shown.revision) ?? []) receive(message);
  // Handled one after the other: once this one is answered, so are those before it, and what it changes is kept after them.
  const view = { ...state.view, text: `${state.view.text}b` };
  receive({ type: 'view', view });
  const kept = await until(
    'what the page is to keep',
    () => keptBy(messages),
    (keep) => keep.view?.text === view.text,
  );
  dispose();
  const start = messages.find((message) => message.type === 'start');
  const plan = messages.findLast((message) => message.type === 'plan')?.plan;
  return {
    olderThan: start?.controls.olderThan,
    going: plan?.summary,
    canDelete: plan?.canDelete,
    label: plan?.deleteLabel,
    warnings: plan?.warnings ?? [],
    kept: kept as PanelState,
    asked,
  };
}

describe('a plan panel that comes back after a reload', () => {
  it('judges by the rule that it was left with', async () => {
    assert.deepEqual(await restored({}), {
      olderThan: '30 days',
      going: '2 of 2 tags will be deleted.',
      canDelete: true,
    });
  });

  it('judges by what its controls say also where it was left between a change and the plan that answers it', async () => {
    assert.deepEqual(await restored({ controls: controlsOf(year) }), {
      olderThan: '1 year',
      going: '1 of 2 tags will be deleted.',
      canDelete: true,
    });
  });

  it('deletes nothing while its controls say what is no rule', async () => {
    assert.deepEqual(await restored({ controls: { ...controlsOf(year), olderThan: 'soon' } }), {
      olderThan: 'soon',
      going: '2 of 2 tags will be deleted.',
      canDelete: false,
    });
  });

  it('C7: says first of all that it deletes more than when it was left, also to a confirmation, and keeps saying so over another reload', async () => {
    const { kept } = await restoredWith({}, bothTags.slice(1));
    assert.equal(kept.going?.count, 1);
    const grown = await restoredWith(kept, bothTags, (revision) => [{ type: 'delete', revision }]);
    const text = 'This plan now deletes 2 tags; it deleted 1 when the window was closed.';
    assert.deepEqual([grown.label, grown.warnings[0]], ['Delete 2 Tags…', text]);
    assert.deepEqual(
      grown.asked.map(({ changes }) => changes),
      [[text]],
    );
    assert.deepEqual(grown.kept.going, kept.going, 'nobody may have seen it');
    assert.equal((await restoredWith(grown.kept, bothTags)).warnings[0], text);
  });

  it('C7: lets nothing be deleted by the number of a plan that is not on the screen', async () => {
    const { kept } = await restoredWith({}, bothTags.slice(1));
    assert.deepEqual(
      (await restoredWith(kept, bothTags, (revision) => [{ type: 'delete', revision: revision + 1 }])).asked,
      [],
    );
  });

  it('C7: says that it deletes other tags, as many as before, and other ones under the same names', async () => {
    const { kept } = await restoredWith({}, bothTags);
    const other = 'This plan now deletes different tags than when the window was closed: 2 tags, as many as before.';
    assert.equal(
      (await restoredWith(kept, [bothTags[0]!, { name: 'build-500', pushedAt: now - 500 * day }])).warnings[0],
      other,
    );
    assert.equal(
      (await restoredWith(kept, [bothTags[0]!, { ...bothTags[1]!, pushedAt: now - 399 * day }])).warnings[0],
      other,
    );
  });

  it('C7: says nothing where the same tags are deleted, nor of a panel that an earlier version left', async () => {
    const { kept } = await restoredWith({}, bothTags);
    assert.deepEqual(
      (await restoredWith(kept, bothTags.toReversed())).warnings.filter((text) => text.startsWith('This plan')),
      [],
    );
    assert.deepEqual(
      (await restoredWith({}, bothTags)).warnings.filter((text) => text.startsWith('This plan')),
      [],
    );
  });

  it('C7: says no more of it once the user has changed the plan', async () => {
    const { kept } = await restoredWith({}, bothTags.slice(1));
    const changed = await restoredWith(kept, bothTags, () => [{ type: 'policy', controls: controlsOf(year) }]);
    assert.deepEqual(
      [changed.going, changed.warnings.filter((text) => text.startsWith('This plan')), changed.kept.going?.count],
      ['1 of 2 tags will be deleted.', [], 1],
    );
  });
});
