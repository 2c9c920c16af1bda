import assert from 'node:assert/strict';
import { policyOlderThan } from '../../../../src/retention/policy.ts';
import { parseAge } from '../../../../src/retention/age.ts';
import { compileProtect } from '../../../../src/retention/protect.ts';
import { policyData } from '../../../../src/retention/checkPolicy.ts';
import type { HostMessage } from '../../../../src/views/planPanel/messages.ts';
import type { PanelState } from '../../../../src/views/planPanel/panelState.ts';
import { controlsOf } from '../../../../src/views/planPanel/policyValue.ts';
import { useVscodeDouble } from '../../../ui/vscodeDouble.ts';

const now = Date.UTC(2025, 5, 1);
const day = 86_400_000;
const repository = { namespace: 'acme', name: 'web' };
const [month, year] = [policyOlderThan(parseAge('30 days', now), ['acme/web']), policyOlderThan(parseAge('1 year', now), ['acme/web'])];

/** What the page of a panel that comes back is told of its plan: which rule stands in the controls, and how many tags go. */
async function restored(left: Partial<PanelState>): Promise<{ readonly olderThan: string | undefined; readonly going: string | undefined; readonly canDelete: boolean | undefined }> {
  useVscodeDouble();
  const { PlanPanel } = await import('../../../../src/views/planPanel/planPanel.ts');
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
  const origins = { api: 'https://hub.docker.com', registry: 'https://registry-1.docker.io', token: 'https://auth.docker.io' };
  const port = { account: { name: 'acme', kind: 'user', origins }, read: never, delete: never, export: never, save: never, fail: assert.fail, onDidChangeTags: event } as const;
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
  const panel = new PlanPanel({ webview, visible: true, onDidChangeViewState: event, onDidDispose } as never, port, { title: '', repositories: [repository], policy: month, left: state });
  receive({ type: 'ready' });
  const tags = [60, 400].map((days) => ({ name: `build-${days}`, pushedAt: now - days * day }));
  await panel.show({ sources: [{ repository, tags, asOf: now, inDateOrder: false }], protect: compileProtect([]), maxDeletions: 0, now, unread: [], doubts: [], asOf: now });
  dispose();
  const start = messages.find((message) => message.type === 'start');
  const plan = messages.findLast((message) => message.type === 'plan')?.plan;
  return { olderThan: start?.controls.olderThan, going: plan?.summary, canDelete: plan?.canDelete };
}

describe('a plan panel that comes back after a reload', () => {
  it('judges by the rule that it was left with', async () => {
    assert.deepEqual(await restored({}), { olderThan: '30 days', going: '2 of 2 tags go.', canDelete: true });
  });

  it('judges by what its controls say also where it was left between a change and the plan that answers it', async () => {
    assert.deepEqual(await restored({ controls: controlsOf(year) }), { olderThan: '1 year', going: '1 of 2 tags go.', canDelete: true });
  });

  it('deletes nothing while its controls say what is no rule', async () => {
    assert.deepEqual(await restored({ controls: { ...controlsOf(year), olderThan: 'soon' } }), { olderThan: 'soon', going: '2 of 2 tags go.', canDelete: false });
  });
});
