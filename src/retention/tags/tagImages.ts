import { hexNumber } from './hexNumber.ts';

/** One image of a tag, as a list tells it: a platform's, or an attestation. */
export interface TagImage {
  /** `sha256:…`; missing where the list leaves it out. */
  readonly digest?: string;
  /** Compressed bytes; missing where unknown. */
  readonly size?: number;
}

/** Hexadecimal digits of a digest that a key is made of: all of a SHA-256, and what the name of an attachment holds of a longer one. */
const digits = 64;
const keyLength = digits / 2;
/**
 * Characters that the size of one image takes: four where all images of a tag have less than 4 GiB, as nearly always, since lists hold a million of
 * them. Where one has more, all take six.
 */
const [shortSize, longSize] = [4, 6];
/** Ends a packed list with long sizes: only these have an odd length. */
const longMark = '\0';
/** Not a byte, so that no digest has it. */
const unknownCode = 0x100;
const unknownKey = String.fromCharCode(unknownCode).repeat(keyLength);

/**
 * What tells a digest from others: its first 64 hexadecimal digits, two to a character, so that lists can hold the digests of all platforms in a
 * quarter of the space. Shorter digests are filled up.
 */
export function imageKey(digest: string): string {
  return fromHex(firstDigits(digest));
}

/** The first 64 hexadecimal digits of a digest, lowercase and filled up: what `imageKey` packs, without packing it. */
export function firstDigits(digest: string): string {
  const start = digest.indexOf(':') + 1;
  return digest
    .slice(start, start + digits)
    .toLowerCase()
    .padEnd(digits, '0');
}

/** Images as `Tag.images` holds them: in the order of their keys, each digest once, those without one included. Empty for none. */
export function packImages(images: readonly TagImage[]): string {
  let unnamed = '';
  let named: string[] = [];
  const isShort = images.every(({ size }) => !isKnown(size, longSize) || isKnown(size, shortSize));
  const length = isShort ? shortSize : longSize;
  for (const { digest, size } of images) {
    if (digest === undefined) unnamed += unknownKey + fromHex(sizeDigits(size, length));
    else named.push(firstDigits(digest) + sizeDigits(size, length));
  }
  if (named.length > 1) {
    // Of one digest the last holds.
    const distinct = new Map(named.map((entry) => [entry.slice(0, digits), entry]));
    named = [...distinct.values()].sort();
  }
  // Taken to bytes in one go, for a list of tags has hundreds of thousands.
  return unnamed + fromHex(named.join('')) + (isShort ? '' : longMark);
}

/** How many images a packed list holds. */
export function imageCount(images: string): number {
  return Math.floor(images.length / widthOf(images));
}

/** The key of an image of a packed list, see `imageKey`; `undefined` where its digest is unknown. @param index from 0 */
export function imageKeyAt(images: string, index: number): string | undefined {
  const at = index * widthOf(images);
  return isKeyKnownAt(images, index) ? images.slice(at, at + keyLength) : undefined;
}

/** Whether the digest of an image of a packed list is known. @param index from 0 */
export function isKeyKnownAt(images: string, index: number): boolean {
  return images.charCodeAt(index * widthOf(images)) !== unknownCode;
}

/** Four bytes of the key of an image of a packed list as a number; means nothing where its digest is unknown. @param index from 0; `from`: the first of the bytes */
export function imageWordAt(images: string, index: number, from: number): number {
  const at = index * widthOf(images) + from;
  return (
    ((images.charCodeAt(at) << 24) |
      (images.charCodeAt(at + 1) << 16) |
      (images.charCodeAt(at + 2) << 8) |
      images.charCodeAt(at + 3)) >>>
    0
  );
}

/** The first 64 digits of an image of a packed list, as `firstDigits`; `undefined` where its digest is unknown. @param index from 0 */
export function imageDigitsAt(images: string, index: number): string | undefined {
  const key = imageKeyAt(images, index);
  return key === undefined ? undefined : Buffer.from(key, 'latin1').toString('hex');
}

/** The bytes of an image of a packed list; `undefined` where they are unknown. @param index from 0 */
export function imageSizeAt(images: string, index: number): number | undefined {
  const width = widthOf(images);
  let size = 0;
  for (let at = index * width + keyLength; at < (index + 1) * width; at++) size = size * 256 + images.charCodeAt(at);
  return size === unknownSize(width - keyLength) ? undefined : size;
}

/** The first 24 bits of the key at `index` of a packed list: cheap to get, and different for nearly all digests. */
export function imageMarkAt(images: string, index: number): number {
  const at = index * widthOf(images);
  return (images.charCodeAt(at) << 16) | (images.charCodeAt(at + 1) << 8) | images.charCodeAt(at + 2);
}

/** The same of a digest. */
export function digestMark(digest: string): number {
  return hexNumber(digest, digest.indexOf(':') + 1, 6);
}

/** Whether a packed list holds an image. @param key see `imageKey` */
export function hasImage(images: string, key: string): boolean {
  const width = widthOf(images);
  for (let at = images.indexOf(key); at >= 0; at = images.indexOf(key, at + 1)) if (at % width === 0) return true;
  return false;
}

/**
 * What the images of a packed list have in common with the same images in any order; `undefined` where one of their digests is unknown, since the
 * set then names nothing.
 */
export function imageSetKey(images: string): string | undefined {
  let set = '';
  for (let index = 0; index < imageCount(images); index++) {
    const key = imageKeyAt(images, index);
    if (key === undefined) return undefined;
    set += key;
  }
  return set === '' ? undefined : set;
}

/**
 * The digests of the images of a packed list, 64 hexadecimal digits each, so that `packImages` makes the same set of them; `undefined` where one is
 * unknown.
 */
export function imageDigits(images: string): string[] | undefined {
  const digests: string[] = [];
  for (let index = 0; index < imageCount(images); index++) {
    const of = imageDigitsAt(images, index);
    if (of === undefined) return undefined;
    digests.push(of);
  }
  return digests;
}

function fromHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}

/** Characters that one image takes in a packed list. */
function widthOf(images: string): number {
  return keyLength + (images.length % 2 === 0 ? shortSize : longSize);
}

/** The size that stands for none, the largest of so many bytes. */
function unknownSize(length: number): number {
  return 2 ** (8 * length) - 1;
}

/** Whether a size is one that so many bytes hold. */
function isKnown(size: number | undefined, length: number): size is number {
  return size !== undefined && Number.isSafeInteger(size) && size >= 0 && size < unknownSize(length);
}

function sizeDigits(size: number | undefined, length: number): string {
  return (isKnown(size, length) ? size : unknownSize(length)).toString(16).padStart(2 * length, '0');
}
