import assert from 'node:assert/strict';
import type { BatchTag } from '../../../../src/retention/plan/batch.ts';
import { goingAlong } from '../../../../src/retention/plan/goingAlong.ts';
import { atOnce } from '../../../../src/async/sliced.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';
import { withAttachments } from '../../../../src/retention/plan/withAttachments.ts';

const hex = (letter: string) => letter.repeat(64);
const tag = (name: string, letter: string): Tag => ({ name, digest: `sha256:${hex(letter)}` });
const signature = `sha256-${hex('a')}.sig`;
const ofSignature = `sha256-${hex('b')}.sig`;
const list = [
  tag('v1', 'a'),
  tag(signature, 'b'),
  tag(ofSignature, 'c'),
  tag('v2', 'd'),
  tag(`sha256-${hex('e')}.sig`, 'f'),
];
const namesOf = (tags: readonly Tag[]) => tags.map(({ name }) => name);

function along(tags: readonly Tag[], deleted: readonly string[], kept: readonly string[] = []): string[] {
  return namesOf(
    atOnce(
      goingAlong(
        tags,
        ({ name }) => deleted.includes(name),
        ({ name }) => !kept.includes(name),
      ),
    ),
  );
}

describe('attachments that go along with picked tags (invariant 13)', () => {
  it('are those of an image that no other tag has, and what is attached to them', () => {
    assert.deepEqual(along(list, ['v1']), [signature, ofSignature]);
    assert.deepEqual(along([...list].reverse(), ['v1']), [signature, ofSignature], 'in any order of the list');
    assert.deepEqual(along(list, ['v2']), []);
    assert.deepEqual(along(list, ['v1', signature]), [ofSignature], 'what was picked itself is not among them');
  });

  it('are none of an image that a kept tag has', () => {
    const shared = [...list, tag('stable', 'a')];
    assert.deepEqual(along(shared, ['v1']), []);
    assert.deepEqual(along(shared, ['v1', 'stable']), [signature, ofSignature]);
  });

  it('leave what is attached to one that may not be deleted', () => {
    assert.deepEqual(along(list, ['v1'], [signature]), []);
    assert.deepEqual(along(list, ['v1'], [ofSignature]), [signature]);
  });
});

describe('deleted tags with what is attached to them', () => {
  const repository = { namespace: 'ann', name: 'app' };
  const of = (tags: readonly Tag[], name = repository): BatchTag[] =>
    tags.map((each) => ({ repository: name, tag: each }));
  const texts = (tags: readonly BatchTag[]) =>
    atOnce(withAttachments(tags)).map(({ tag: { name }, attachments }) => [
      name,
      ...namesOf(attachments.map((each) => each.tag)),
    ]);

  it('stand together; an attachment whose image is not among them stands for itself', () => {
    assert.deepEqual(texts(of(list)), [['v1', signature, ofSignature], ['v2'], [`sha256-${hex('e')}.sig`]]);
    assert.deepEqual(texts(of(list.slice(1, 3))), [[signature, ofSignature]]);
  });

  it('stand with every tag of their image, and only in one repository', () => {
    assert.deepEqual(texts(of([...list.slice(0, 3), tag('stable', 'a')])), [
      ['v1', signature, ofSignature],
      ['stable', signature, ofSignature],
    ]);
    assert.deepEqual(texts([...of([list[0]!]), ...of([list[1]!], { namespace: 'ann', name: 'other' })]), [
      ['v1'],
      [signature],
    ]);
  });
});
