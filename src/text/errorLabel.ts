import * as l10n from '@vscode/l10n';
import { HubError } from '../hub/wire/hubError.ts';
import { SettingError } from './settingError.ts';

/** An error in the few words that fit into a row of the tree; `errorText` says the rest. */
export function errorLabel(error: unknown): string {
  if (error instanceof SettingError) return l10n.t('Check the setting {0}', error.setting);
  switch (error instanceof HubError ? error.kind : undefined) {
    case 'wrongSecret':
    case 'needsCode':
    case 'signedOut':
    case 'unauthorized':
      return l10n.t('Sign in again');
    case 'lockedOut':
      return l10n.t('Account temporarily locked');
    case 'forbidden':
      return l10n.t('Not allowed');
    case 'blocked':
      return l10n.t('Blocked by Cloudflare');
    case 'notFound':
      return l10n.t('Not found');
    case 'rateLimited':
      return l10n.t('Rate limit reached');
    case 'signInFailed':
    case 'server':
      return l10n.t('Docker Hub error');
    case 'network':
      return l10n.t("Can't reach Docker Hub");
    case 'timeout':
      return l10n.t('Request timed out');
    case 'malformed':
    case 'foreignOrigin':
    case 'incomplete':
      return l10n.t('Unexpected answer');
    default:
      return l10n.t("Couldn't be read");
  }
}
