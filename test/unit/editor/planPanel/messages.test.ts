import assert from 'node:assert/strict';
import { parsePageMessage } from '../../../../src/editor/planPanel/messages.ts';

const controls = {
  olderThan: '90 days',
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
};
const view = { by: 'age', descending: true, verdict: 'all', text: '' };

describe('what the page of a plan may say', () => {
  for (const message of [
    { type: 'ready' },
    { type: 'policy', controls },
    { type: 'view', view },
    { type: 'measure', measure: 'size' },
    { type: 'rows', order: 3, top: 12, rows: [0, 499] },
    {
      type: 'pick',
      order: 3,
      rows: [
        [0, 0],
        [5, 199_999],
      ],
      first: 7,
      as: 'toggle',
    },
    { type: 'undo' },
    { type: 'details', order: 0, row: 12 },
    { type: 'delete', revision: 4 },
    { type: 'export' },
    { type: 'save' },
    { type: 'readAgain' },
  ]) {
    it(`is ${message.type}`, () => assert.deepEqual(parsePageMessage(message), message));
  }

  for (const [what, message] of Object.entries({
    nothing: undefined,
    'a text': 'delete',
    'another type': { type: 'run' },
    'tags to delete': { type: 'delete', revision: 4, tags: ['latest'] },
    'no revision': { type: 'delete' },
    'a revision that is no number': { type: 'delete', revision: '4' },
    'a negative row': { type: 'details', order: 0, row: -1 },
    'half a row': { type: 'details', order: 0, row: 0.5 },
    'rows that run backwards': { type: 'rows', order: 0, top: 0, rows: [5, 4] },
    'more rows than a page shows': { type: 'rows', order: 0, top: 0, rows: [0, 500] },
    'rows by name': { type: 'pick', order: 0, rows: ['latest'], first: 0, as: 'delete' },
    'no rows to pick': { type: 'pick', order: 0, rows: [], first: 0, as: 'delete' },
    'a pick of another kind': { type: 'pick', order: 0, rows: [[0, 0]], first: 0, as: 'run' },
    'a policy of its own': { type: 'policy', policy: { repositories: ['*/*'], olderThan: '1 day' } },
    'repositories among the controls': { type: 'policy', controls: { ...controls, repositories: '*/*' } },
    'a control that is missing': { type: 'policy', controls: { ...controls, protect: undefined } },
    'an endless text': { type: 'policy', controls: { ...controls, tags: 'a'.repeat(10_001) } },
    'a view by another column': { type: 'view', view: { ...view, by: 'constructor' } },
  })) {
    it(`is not ${what}`, () => assert.equal(parsePageMessage(message), undefined));
  }
});
