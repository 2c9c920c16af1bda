import * as vscode from 'vscode';
import { editorRange, editorUri } from './editorPlace.ts';
import { policySettingKey } from '../settings/policySetting.ts';
import type { FileAddress, FileRange } from '../../policies/policySources.ts';

/** A place where policies are written: a file and a range in it, or, without a file, the user's settings. */
export interface PolicyPlace {
  readonly uri?: FileAddress;
  readonly range?: FileRange;
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
  await vscode.commands.executeCommand('vscode.open', editorUri(uri), range && { selection: editorRange(range) });
}
