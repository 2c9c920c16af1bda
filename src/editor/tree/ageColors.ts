import * as vscode from 'vscode';
import type { AgeBand } from '../../retention/tags/ageBand.ts';

/** The contributed color of an age band. */
export function ageColor(band: AgeBand): vscode.ThemeColor {
  return new vscode.ThemeColor(`dockerHubPruner.tag.${band}`);
}

/** An age band in words. */
export function ageBandText(band: AgeBand): string {
  switch (band) {
    case 'fresh':
      return vscode.l10n.t('fresh');
    case 'aging':
      return vscode.l10n.t('aging');
    case 'old':
      return vscode.l10n.t('old');
    case 'stale':
      return vscode.l10n.t('stale');
    case 'unknown':
      return vscode.l10n.t('unknown age');
  }
}
