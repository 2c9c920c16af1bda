import assert from 'node:assert/strict';
import { attachmentsText, repositoriesText, tagsAndAttachmentsTitle, tagsText } from '../../../src/text/countText.ts';
import { setDisplayLanguage } from '../../../src/text/displayLanguage.ts';

describe('counts of things', () => {
  afterEach(() => setDisplayLanguage('en'));

  it('have two forms in English', () => {
    assert.deepEqual([0, 1, 2, 1903].map(tagsText), ['0 tags', '1 tag', '2 tags', '1,903 tags']);
    assert.deepEqual([1, 5].map(attachmentsText), ['1 attachment', '5 attachments']);
    assert.deepEqual([1, 5].map(repositoriesText), ['1 repository', '5 repositories']);
    assert.equal(tagsAndAttachmentsTitle(13, 1), '12 Tags and 1 Attachment');
  });

  it('have the forms of the display language', () => {
    setDisplayLanguage('ru', {
      '{0} tag/one': '{0} тег',
      '{0} tags/few': '{0} тега',
      '{0} tags/many': '{0} тегов',
      '{0} tags/other': '{0} тега',
    });
    assert.deepEqual([1, 21, 2, 5, 11].map(tagsText), ['1 тег', '21 тег', '2 тега', '5 тегов', '11 тегов']);
  });

  it('fall back to English where a language has no translation', () => {
    setDisplayLanguage('fr');
    assert.deepEqual([0, 1, 2].map(tagsText), ['0 tags', '1 tag', '2 tags']);
  });
});
