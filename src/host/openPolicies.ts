import * as vscode from 'vscode';
import { policySettingKey } from './policySetting.ts';

/** A place where policies are written: a file and a range in it, or, without a file, the user's settings. */
export interface PolicyPlace {
  readonly uri?: vscode.Uri;
  readonly range?: vscode.Range;
}

/** Opens where policies are written, and shows the range. */
export async function openPolicies({ uri, range }: PolicyPlace): Promise<void> {
  if (!uri) {
    await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
      revealSetting: { key: policySettingKey },
    });
    return;
  }
  // A folder of that name, or what is no text, is for VS Code to tell.
  await vscode.commands.executeCommand('vscode.open', uri, range && { selection: range });
}
