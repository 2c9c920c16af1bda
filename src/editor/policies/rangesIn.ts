import * as vscode from 'vscode';
import { placesIn, type TextSpan } from '../../policies/textSpan.ts';

/** Turns parts of a text into ranges of a document that shows it. */
export function rangesIn(text: string): (span: TextSpan) => vscode.Range {
  const placeOf = placesIn(text);
  return ({ offset, length }) => {
    const [start, end] = [placeOf(offset), placeOf(offset + length)];
    return new vscode.Range(start.line, start.character, end.line, end.character);
  };
}
