import * as l10n from '@vscode/l10n';

/** The ids of all settings begin with this and a dot. */
export const settingSection = 'dockerHubPruner';

/** A setting holds something that it cannot mean. `cause` says what; `setting` is its whole id. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly setting: string;

  constructor(key: string, cause: unknown) {
    super(`${settingSection}.${key}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.setting = `${settingSection}.${key}`;
  }
}

/** Reads a setting. @throws SettingError for whatever `read` throws */
export function checkedSetting<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SettingError ? error : new SettingError(key, error);
  }
}

/** The value of a setting that is a text, without blanks around it. @throws SettingError for anything else */
export function settingText(key: string, value: unknown): string {
  if (typeof value !== 'string') throw new SettingError(key, l10n.t('must be a string'));
  return value.trim();
}
