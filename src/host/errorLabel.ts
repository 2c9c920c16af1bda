import * as vscode from 'vscode';
import { HubError } from '../hub/hubError.ts';
import { SettingError } from './settingError.ts';

/** An error in the few words that fit into a row of the tree; `errorText` says the rest. */
export function errorLabel(error: unknown): string {
  const { t } = vscode.l10n;
  if (error instanceof SettingError) return t('Check the setting {0}', error.setting);
  switch (error instanceof HubError ? error.kind : undefined) {
    case 'wrongSecret':
    case 'needsCode':
    case 'signedOut':
    case 'unauthorized':
      return t('Sign in again');
    case 'lockedOut':
      return t('Account locked for minutes');
    case 'forbidden':
      return t('Not allowed');
    case 'blocked':
      return t('Blocked by Cloudflare');
    case 'notFound':
      return t('Not found');
    case 'rateLimited':
      return t('Rate limit reached');
    case 'signInFailed':
    case 'server':
      return t('Docker Hub has trouble');
    case 'network':
      return t('Docker Hub cannot be reached');
    case 'timeout':
      return t('No answer in time');
    case 'malformed':
    case 'foreignOrigin':
    case 'incomplete':
      return t('Answer not understood');
    default:
      return t('Could not be read');
  }
}
