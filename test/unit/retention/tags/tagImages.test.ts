import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  hasImage,
  imageCount,
  imageDigits,
  imageKey,
  imageSetKey,
  imageSizeAt,
  packImages,
  type TagImage,
} from '../../../../src/retention/tags/tagImages.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const gib = 2 ** 30;

describe('packImages', () => {
  const sizesOf = (images: readonly TagImage[]) => {
    const packed = packImages(images);
    return Array.from({ length: imageCount(packed) }, (_, index) => imageSizeAt(packed, index));
  };

  it('keeps sizes of any length exactly, also beside each other', () => {
    for (const sizes of [
      [0],
      [1, 4 * gib - 2],
      [4 * gib - 1],
      [4 * gib, 1],
      [12 * gib + 345, 20_000, 5 * gib],
      [2 ** 48 - 2],
    ]) {
      assert.deepEqual(sizesOf(sizes.map((size, index) => ({ digest: digest(String(index)), size }))), sizes);
    }
  });

  it('keeps unknown sizes and unknown digests apart from known ones', () => {
    for (const large of [1, 5 * gib]) {
      assert.deepEqual(sizesOf([{ digest: digest('a'), size: large }, { size: 7 }, { digest: digest('b') }, {}]), [
        7,
        undefined,
        large,
        undefined,
      ]);
    }
    assert.deepEqual(
      sizesOf([
        { digest: digest('a'), size: 2 ** 48 - 1 },
        { digest: digest('b'), size: -1 },
        { digest: digest('c'), size: NaN },
      ]),
      [undefined, undefined, undefined],
    );
  });

  it('names the same set whatever the sizes', () => {
    const small = packImages([
      { digest: digest('a'), size: 1 },
      { digest: digest('b'), size: 2 },
    ]);
    const large = packImages([{ digest: digest('b'), size: 9 * gib }, { digest: digest('a') }]);
    assert.equal(imageSetKey(small), imageSetKey(large));
    assert.deepEqual(imageDigits(large), ['a'.repeat(64), 'b'.repeat(64)]);
    for (const packed of [small, large]) {
      assert.deepEqual(
        ['a', 'b', 'c'].map((digit) => hasImage(packed, imageKey(digest(digit)))),
        [true, true, false],
      );
    }
  });

  it('takes 36 bytes for an image of less than 4 GiB', () => {
    const packed = packImages([{ digest: digest('a'), size: 4 * gib - 2 }, { digest: digest('b') }]);
    assert.equal(packed.length, 2 * 36);
  });
});
