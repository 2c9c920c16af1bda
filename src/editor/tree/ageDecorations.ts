import * as vscode from 'vscode';
import type { AgeBand } from '../../retention/tags/ageBand.ts';
import { ageBandText, ageColor } from './ageColors.ts';

const scheme = 'docker-hub-pruner-tag';

/** The URI under which a tag's row asks for its decoration; it names the row and its age band. */
export function ageUri(nodeId: string, band: AgeBand): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${encodeURIComponent(nodeId.toWellFormed())}`, query: band });
}

/** Gives label and badge of a tag the color of its age band. */
export class AgeDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== scheme) return undefined;
    const band = uri.query as AgeBand;
    return { color: ageColor(band), badge: band === 'unknown' ? '?' : '●', tooltip: ageBandText(band) };
  }
}
