import * as vscode from 'vscode';
import { parseOrigins, type Origins } from '../../hub/wire/origins.ts';
import { checkedSetting, settingSection, settingText } from '../../text/settingError.ts';

/**
 * The origins from `apiUrl` and `registryUrl`. Only the user's own values count: a workspace may not name an origin (invariant 12).
 * @throws SettingError
 */
export function readOrigins(): Origins {
  const value = (key: string) => {
    const found = vscode.workspace.getConfiguration(settingSection).inspect<unknown>(key);
    return settingText(key, found?.globalValue ?? found?.defaultValue);
  };
  const [api, registry] = [value('apiUrl'), value('registryUrl')];
  checkedSetting('registryUrl', () => parseOrigins(registry, registry));
  return checkedSetting('apiUrl', () => parseOrigins(api, registry));
}

/** Whether a change of the settings may give other origins. */
export function originsChanged(event: vscode.ConfigurationChangeEvent): boolean {
  return ['apiUrl', 'registryUrl'].some((key) => event.affectsConfiguration(`${settingSection}.${key}`));
}
