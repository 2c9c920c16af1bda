import * as vscode from 'vscode';
import type { PanelServices } from './panelServices.ts';

/** `Export Plan…`: writes the plan of the panel that has the focus into a file. */
export async function exportPlan({ panels }: PanelServices): Promise<void> {
  const { active } = panels;
  if (!active) throw new Error(vscode.l10n.t('There is no plan to export. Open one with "Preview Prune…" first.'));
  await active.export();
}
