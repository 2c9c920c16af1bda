import assert from 'node:assert/strict';
import { atOnce } from '../../../../src/async/sliced.ts';
import { listMark } from '../../../../src/editor/planPanel/listMark.ts';
import { maxKeptPicks, parsePanelState } from '../../../../src/editor/planPanel/panelState.ts';

const state = {
  version: 1,
  account: 'robin@https://hub.docker.com',
  lists: [{ namespace: 'robin', name: 'web', mark: '3-abc' }],
  policy: { repositories: ['robin/web'], olderThan: '90 days' },
  controls: {
    olderThan: '90 dayz',
    agedBy: 'pushed',
    tags: '*',
    protect: '',
    keepNewest: '',
    majors: '',
    minors: '',
    patches: '',
    prereleases: '',
    keepAliases: true,
    keepReferenced: true,
    orphanedAttachments: false,
    maxDeletions: '',
    maxShare: '100',
  },
  picks: [{ repository: { namespace: 'robin', name: 'web' }, tag: { name: 'latest', pushedAt: 1 }, pick: 'delete' }],
  picksLost: false,
  view: { by: 'age', descending: true, verdict: 'all', text: '' },
  measure: 'tags',
};

describe('what is left of a panel', () => {
  it('is read again as it was written', () =>
    assert.deepEqual(parsePanelState(JSON.parse(JSON.stringify(state))), state));

  it('C7: is read with the number and the mark of what it deletes, and without them, as earlier versions wrote it', () => {
    const going = { count: 4, mark: 'k3v9' };
    assert.deepEqual(parsePanelState({ ...state, going })?.going, going);
    assert.equal(parsePanelState(state)?.going, undefined);
    for (const broken of [4, { count: -1, mark: '' }, { count: 1.5, mark: '' }, { count: 1 }]) {
      assert.equal(parsePanelState({ ...state, going: broken }), undefined);
    }
  });

  for (const [what, value] of Object.entries({
    nothing: undefined,
    'a text': 'state',
    'that of another version': { ...state, version: 2 },
    'one of no repository': { ...state, lists: [] },
    'one with too many decisions': { ...state, picks: Array.from({ length: maxKeptPicks + 1 }, () => state.picks[0]) },
    'one with a decision of another kind': { ...state, picks: [{ ...state.picks[0], pick: 'run' }] },
  })) {
    it(`is not ${what}`, () => assert.equal(parsePanelState(value), undefined));
  }
});

describe('the mark of a list', () => {
  const tags = [{ name: 'a', pushedAt: 1_700_000_000_000 }, { name: 'b', pushedAt: 1_700_000_000_001 }, { name: 'c' }];
  const mark = (list: Parameters<typeof listMark>[0]) => atOnce(listMark(list));

  it('is the same for the same tags in any order', () => assert.equal(mark(tags), mark(tags.toReversed())));

  it('is another one where a tag is gone, new, renamed or pushed again', () => {
    const others = [
      tags.slice(1),
      [...tags, { name: 'd' }],
      [{ ...tags[0]!, name: 'A' }, ...tags.slice(1)],
      [{ ...tags[0]!, pushedAt: 1_700_000_000_500 }, ...tags.slice(1)],
    ];
    assert.equal(new Set([tags, ...others].map(mark)).size, 5);
  });
});
