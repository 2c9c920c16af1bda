import * as vscode from 'vscode';
import { parseAge, type Age } from '../../retention/tags/age.ts';
import { parseAgeBands, type AgeBands } from '../../retention/tags/ageBand.ts';
import { narrowCap, unionProtect } from '../../retention/policy/narrow.ts';
import { compileProtect, type Protection } from '../../retention/policy/protect.ts';
import type { Limits } from '../../prune/protection.ts';
import { checkedSetting, settingSection, settingText } from '../../text/settingError.ts';

/** The age that pruning proposes first. @throws SettingError */
export function readOlderThan(now: number): Age {
  const found = vscode.workspace.getConfiguration(settingSection).inspect<unknown>('olderThan');
  return checkedSetting('olderThan', () =>
    parseAge(settingText('olderThan', found?.globalValue ?? found?.defaultValue), now),
  );
}

/** What `protect` names: the user's globs and the workspace's together, since a workspace may only add (invariant 12). @throws SettingError */
export function readProtection(): Protection {
  const found = vscode.workspace
    .getConfiguration(settingSection, vscode.workspace.workspaceFolders?.[0])
    .inspect<unknown>('protect');
  const folders = vscode.workspace.workspaceFolders?.map(
    (folder) =>
      vscode.workspace.getConfiguration(settingSection, folder).inspect<unknown>('protect')?.workspaceFolderValue,
  );
  const lists = [found?.globalValue ?? found?.defaultValue, found?.workspaceValue, ...(folders ?? [])];
  return checkedSetting('protect', () => compileProtect(unionProtect(...lists.map(listOf))));
}

/** The most tags that one batch deletes, 0 for no cap; a workspace may only lower the user's (invariant 12). @throws SettingError */
function readMaxDeletions(): number {
  const found = vscode.workspace.getConfiguration(settingSection).inspect<unknown>('maxDeletions');
  return checkedSetting('maxDeletions', () => {
    let cap = wholeNumber(found?.globalValue ?? found?.defaultValue);
    const folders = vscode.workspace.workspaceFolders?.map(
      (folder) =>
        vscode.workspace.getConfiguration(settingSection, folder).inspect<unknown>('maxDeletions')
          ?.workspaceFolderValue,
    );
    for (const value of [found?.workspaceValue, ...(folders ?? [])]) {
      if (value !== undefined) cap = narrowCap(cap, wholeNumber(value));
    }
    return cap;
  });
}

/** What the settings say of deleting, as they are now. @throws SettingError */
export function readLimits(): Limits {
  return { protect: readProtection(), maxDeletions: readMaxDeletions() };
}

/** How many ended runs are kept: 100 by default, at least 1. Only the user's own value counts. @throws SettingError */
export function readKeepRuns(): number {
  const found = vscode.workspace.getConfiguration(settingSection).inspect<unknown>('keepRuns');
  return checkedSetting('keepRuns', () => {
    const keep = wholeNumber(found?.globalValue ?? found?.defaultValue);
    if (keep === 0) throw new Error(vscode.l10n.t('must be 1 or more'));
    return keep;
  });
}

/** Where the colors change. @throws SettingError */
export function readAgeBands(): AgeBands {
  const value = vscode.workspace.getConfiguration(settingSection).get<unknown>('ageBands');
  return checkedSetting('ageBands', () => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Error(vscode.l10n.t('must be an object, for example, {0}', '{"aging": "30 days"}'));
    }
    return parseAgeBands(value);
  });
}

function listOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new Error(vscode.l10n.t('must be a list of strings'));
  }
  return value;
}

function wholeNumber(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw new Error(vscode.l10n.t('must be a whole number, 0 or more'));
  }
  return value;
}
