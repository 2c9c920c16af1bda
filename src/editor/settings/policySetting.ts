import * as vscode from 'vscode';
import { settingSection } from '../../text/settingError.ts';

/** The whole id of the setting with the user's policies. */
export const policySettingKey = `${settingSection}.policies`;

/** What the user's own setting holds, unchecked; `undefined` where it is not set. What a workspace sets does not count (invariant 12). */
export function readPolicySettingValue(): unknown {
  return vscode.workspace.getConfiguration(settingSection).inspect<unknown>('policies')?.globalValue;
}
