import { decodeText } from '../files/decodeText.ts';
import { fileKind } from '../files/fileKind.ts';
import type { FoundReferences } from '../images/foundReferences.ts';
import { encodingOf, isBinary } from '../files/isBinary.ts';
import { LiteralSearch, mentionReach } from '../mentions/literalMentions.ts';
import { MentionFindings } from '../mentions/mentionFindings.ts';
import { namesImages } from '../parsers/namesImages.ts';
import { PositionCounter } from '../mentions/positionCounter.ts';
import { nothingFound, readReferences, type FileText } from './readReferences.ts';

/** A file to be looked into, as it lies on the disk. */
export interface FileBytes extends Omit<FileText, 'text'> {
  /** All of it, at most 20 MB. */
  readonly bytes: Uint8Array;
}

/** The structure of larger files is not looked at: parsers take a hundred times the memory of what they read. */
const longestStructure = 1024 * 1024;
/** Larger files are searched in pieces of so many bytes. */
const pieceBytes = 1024 * 1024;
/** So many bytes on both sides of a piece decide what its mentions mean: a character of UTF-8 takes up to three bytes for each UTF-16 unit. */
const reachBytes = 3 * mentionReach;

/**
 * The references to images of Docker Hub in one file, and what was not understood, as `readReferences` tells them. A file of more than 1 MB is
 * searched for literal mentions only, which is a doubt where its kind has a structure. Never throws.
 * @returns `binary` for what is no text
 */
export function readBytes({ path, bytes, namespaces = [], ...more }: FileBytes): FoundReferences | 'binary' {
  if (isBinary(bytes)) return 'binary';
  const hasStructure = fileKind(path) !== undefined;
  if (bytes.length <= longestStructure) {
    if (!hasStructure && !mayMention(bytes, namespaces)) return nothingFound;
    return readReferences({ path, text: decodeText(bytes), namespaces, ...more });
  }
  const found: FoundReferences = hasStructure
    ? {
        references: [],
        doubts: [
          {
            kind: 'unreadable',
            text: 'more than 1 MB: only images that are written out were looked for',
            line: 1,
            column: 1,
          },
        ],
      }
    : nothingFound;
  if (!mayMention(bytes, namespaces)) return found;
  return findInPieces(bytes, new LiteralSearch(namespaces)).joinedTo(found, namesImages(path));
}

/** Whether decoding a file is worth its time: as Latin-1, bytes are a text at no cost, and namespaces are ASCII in UTF-8. */
function mayMention(bytes: Uint8Array, namespaces: readonly string[]): boolean {
  if (namespaces.length === 0) return false;
  if (encodingOf(bytes) !== 'utf-8') return true;
  return new LiteralSearch(namespaces).mayMention(latin1(bytes));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function findInPieces(bytes: Uint8Array, search: LiteralSearch): MentionFindings {
  const findings = new MentionFindings();
  const counter = new PositionCounter();
  const decoder = pieceDecoder(bytes);
  // Up to where lines are counted.
  let counted = decoder.begin;
  for (let begin = decoder.begin; begin < bytes.length; begin = decoder.borderAt(begin + pieceBytes)) {
    const end = decoder.borderAt(begin + pieceBytes);
    const before = decoder.decode(decoder.borderAt(Math.max(decoder.begin, begin - reachBytes)), begin);
    const piece = decoder.decode(begin, end);
    const text = before + piece + decoder.decode(end, decoder.borderAt(end + reachBytes));
    let offset = before.length;
    let isCounted = false;
    for (const mention of search.mentionsIn(text, before.length, before.length + piece.length)) {
      const placeOf = () => {
        // Nothing in the pieces before it had a place that matters, so their lines were not counted.
        for (let from = counted; from < begin; from = counted) {
          counted = decoder.borderAt(from + pieceBytes);
          counter.advance(decoder.decode(from, counted));
        }
        isCounted = true;
        counter.advance(text.slice(offset, mention.at));
        offset = mention.at;
        const { line, column } = counter.position;
        return { line, column: column - (mention.at - mention.start) };
      };
      if (!findings.add(mention, text, placeOf)) return findings;
    }
    if (!isCounted) continue;
    counter.advance(text.slice(offset, before.length + piece.length));
    counted = end;
  }
  return findings;
}

/** Decodes parts of a text that begin and end where characters do. */
function pieceDecoder(bytes: Uint8Array) {
  const encoding = encodingOf(bytes);
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const isWide = encoding !== 'utf-8';
  const markBytes = isWide ? 2 : 3;
  const hasMark = isWide
    ? bytes[0]! + bytes[1]! === 0x1fd
    : bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const high = encoding === 'utf-16le' ? 1 : 0;
  return {
    /** Behind the byte order mark. */
    begin: hasMark ? markBytes : 0,
    decode: (from: number, to: number): string => decoder.decode(bytes.subarray(from, to)),
    /** The first border of two characters at an offset or behind it, at most four bytes further. */
    borderAt: (offset: number): number => {
      let at = Math.min(offset, bytes.length);
      if (isWide) {
        at = Math.min(at + (at % 2), bytes.length);
        // Not between the halves of a pair.
        return at < bytes.length && (bytes[at + high]! & 0xfc) === 0xdc ? Math.min(at + 2, bytes.length) : at;
      }
      for (let step = 0; step < 3 && at < bytes.length && (bytes[at]! & 0xc0) === 0x80; step++) at++;
      return at;
    },
  };
}
