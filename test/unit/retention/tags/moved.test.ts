import assert from 'node:assert/strict';
import { parseListedTag } from '../../../../src/hub/listing/tagRow.ts';
import { hasMoved } from '../../../../src/retention/tags/moved.ts';
import type { Tag } from '../../../../src/retention/tags/tag.ts';

const [a, b, c, index] = ['a', 'b', 'c', 'f'].map((digit) => `sha256:${digit.repeat(64)}`) as [
  string,
  string,
  string,
  string,
];
const pushed = '2021-03-01T10:00:00Z';

/** A tag as its row gives it: with images by their digests, and a digest of its own where there is one. */
function listed(images: readonly (string | undefined)[] | undefined, digest?: string, date = pushed): Tag {
  return parseListedTag({
    name: '1.4.0',
    tag_last_pushed: date,
    ...(digest !== undefined && { digest }),
    ...(images && { images: images.map((each) => (each === undefined ? {} : { digest: each })) }),
  })!;
}

describe('hasMoved', () => {
  it('B1: says no where a row without a digest gets one: that of its one image', () => {
    assert.equal(hasMoved(listed([a]), listed([a], a)), false);
    assert.equal(hasMoved(listed([a], a), listed([a])), false, 'and the other way round');
    assert.equal(hasMoved(listed([a]), listed(undefined, a)), false, 'whether its image is listed or not');
    assert.equal(hasMoved(listed([a]), listed([a])), false);
  });

  it('B1: says yes where the one image is another one', () => {
    assert.equal(hasMoved(listed([a]), listed([b])), true);
    assert.equal(hasMoved(listed([a]), listed([b], b)), true);
    assert.equal(hasMoved(listed([a]), listed(undefined, b)), true);
    // Whether the index of one platform is new, nobody knows: in doubt the tag is kept.
    assert.equal(hasMoved(listed([a]), listed([a], index)), true);
  });

  it('B1: says no where the same images come in another order, with and without a digest', () => {
    assert.equal(hasMoved(listed([a, b, c]), listed([c, a, b])), false);
    assert.equal(hasMoved(listed([a, b, c]), listed([b, c, a], index)), false);
    assert.equal(hasMoved(listed([a, b], index), listed([b, a])), false);
  });

  it('B1: says yes where the images are others, one more or one less', () => {
    for (const images of [
      [a, c],
      [a, b, c],
      [c, b],
    ]) {
      assert.equal(hasMoved(listed([a, b]), listed(images)), true);
      assert.equal(hasMoved(listed([a, b]), listed(images, index)), true);
      assert.equal(hasMoved(listed([a, b], index), listed(images)), true);
    }
    assert.equal(hasMoved(listed([a, b]), listed([a])), true, 'one image is left of two');
  });

  it('B1: says yes where a digest comes and nothing tells what was there before', () => {
    assert.equal(hasMoved(listed(undefined), listed(undefined, index)), true);
    assert.equal(hasMoved(listed(undefined), listed([a])), true);
    assert.equal(hasMoved(listed([a, undefined]), listed([a, b], index)), true);
    assert.equal(hasMoved(listed([a, b]), listed(undefined, index)), true);
  });

  it('B1: takes nothing for a push that an answer only leaves out', () => {
    assert.equal(hasMoved(listed([a]), listed(undefined)), false);
    assert.equal(hasMoved(listed([a, b]), listed([a, undefined])), false);
    assert.equal(hasMoved(listed([a, b], index), listed(undefined)), false);
  });

  it('says yes with any other push date, whatever the images are', () => {
    assert.equal(hasMoved(listed([a], a), listed([a], a, '2021-03-01T10:00:00.001Z')), true);
    assert.equal(hasMoved(listed([a, b]), listed([a, b], undefined, 'yesterday')), true);
  });

  it('believes digests before images', () => {
    assert.equal(hasMoved(listed([a, b], index), listed([a, c], index)), false);
    assert.equal(hasMoved(listed([a, b], index), listed([a, b], c)), true);
  });
});
