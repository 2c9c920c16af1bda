import * as vscode from 'vscode';
import { askCode } from './askCode.ts';
import { errorText } from '../../text/errorText.ts';
import { readOrigins } from '../settings/originSettings.ts';
import { secretKind, type Account } from '../../hub/wire/account.ts';
import { isHubError } from '../../hub/wire/hubError.ts';
import type { Origins } from '../../hub/wire/origins.ts';
import { signIn } from '../../hub/signIn/signIn.ts';
import { inputStep } from '../ui/inputStep.ts';
import type { RunServices } from '../runs/runServices.ts';

const personalTokenPage = 'https://app.docker.com/settings/personal-access-tokens';
const organizationTokenPage = 'https://docs.docker.com/enterprise/security/access-tokens/';

/** `Sign In…`: asks for name and secret, tries them at once, and keeps them bound to the origins of the settings (invariant 9). */
export async function signInCommand(services: RunServices): Promise<void> {
  const origins = readOrigins();
  const earlier = await services.model.accounts();
  let name: string | undefined;
  for (;;) {
    name = await askName(origins, name);
    if (name === undefined) return;
    const account = await askSecret(services, origins, name);
    if (account === 'back') continue;
    if (account) void vscode.window.showInformationMessage(signedInText(account, earlier));
    return;
  }
}

function signedInText({ name }: Account, earlier: readonly Account[]): string {
  return earlier.some((account) => account.name === name)
    ? vscode.l10n.t('Signed in as {0}. This replaces the earlier sign-in.', name)
    : vscode.l10n.t('Signed in as {0}.', name);
}

async function askName(origins: Origins, value: string | undefined): Promise<string | undefined> {
  const name = await inputStep<string>({
    title: vscode.l10n.t('Sign In to {0}', hostOf(origins)),
    step: [1, 2],
    prompt: vscode.l10n.t('Your Docker ID, or the name of an organization to use its access token'),
    placeholder: vscode.l10n.t('Docker ID or organization'),
    value,
    check: (text) => {
      if (text.includes('@')) return vscode.l10n.t('Enter your Docker ID, not your email address.');
      return /^[a-z0-9][a-z0-9_-]*$/i.test(text.trim())
        ? undefined
        : vscode.l10n.t('A name contains only letters, digits, "-", and "_".');
    },
    accept: (text) => text.trim().toLowerCase(),
    errorText: String,
  });
  return name === 'back' ? undefined : name;
}

/** A sign-in whose one-time code is being asked for in a box of its own. */
interface CodeStep {
  readonly signingIn: Promise<Account>;
}

async function askSecret(services: RunServices, origins: Origins, name: string): Promise<Account | 'back' | undefined> {
  const result = await inputStep<Account | CodeStep>({
    title: vscode.l10n.t('Sign In to {0} as {1}', hostOf(origins), name),
    step: [2, 2],
    prompt: vscode.l10n.t(
      'Access token (recommended) or password. A personal token needs "Read, Write, Delete" to prune or "Read-only" to browse; an organization token needs "scope-repository-list", "scope-tag-read", and "scope-tag-admin".',
    ),
    placeholder: vscode.l10n.t('dckr_pat_… or password'),
    masked: true,
    links: [
      { icon: 'link-external', tooltip: vscode.l10n.t('Create a personal access token'), url: personalTokenPage },
      { icon: 'organization', tooltip: vscode.l10n.t('About organization access tokens'), url: organizationTokenPage },
    ],
    check: (text) => (text.trim() === '' ? vscode.l10n.t('Enter an access token or a password.') : undefined),
    accept: (text, left) => verify(services, origins, name, text, left),
    errorText: (error) => errorText(error).message,
  });
  if (result === 'back' || result === undefined || !('signingIn' in result)) return result;
  try {
    const account = await result.signingIn;
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        "This sign-in used a one-time code and can't be renewed automatically. Use an access token so that long runs aren't interrupted.",
      ),
    );
    return account;
  } catch (error) {
    if (isHubError(error, 'needsCode')) return undefined;
    throw error;
  }
}

/** Tries the secret once and keeps it when it is right. */
async function verify(
  services: RunServices,
  origins: Origins,
  name: string,
  text: string,
  left: AbortSignal,
): Promise<Account | CodeStep> {
  // Pasted tokens bring line ends along; a password may well begin or end with a blank.
  const secret = secretKind(text.trim()) === 'password' ? text : text.trim();
  const account: Account = {
    name,
    kind: secretKind(secret) === 'organizationToken' ? 'organization' : 'user',
    origins,
  };
  let codeAsked = false;
  let askForCode = (): void => undefined;
  const codeWanted = new Promise<'codeWanted'>((resolve) => (askForCode = () => resolve('codeWanted')));
  const signingIn = signIn(services.connections.transport(origins), {
    name,
    secret,
    askCode: (previous) => {
      // The box for the code closes this dialog, which is then no leaving.
      if (!codeAsked && left.aborted) return Promise.resolve(undefined);
      codeAsked = true;
      askForCode();
      return askCode(name, previous);
    },
  }).then(async ({ token, usedCode }) => {
    // The dialog for a code closes this one; left otherwise, nothing is kept.
    if (!usedCode) left.throwIfAborted();
    services.connections.adopt(account, secret, token);
    await services.accounts.put({ account, secret, ...(usedCode && { token }) });
    return account;
  });
  const first = await Promise.race([signingIn, codeWanted]);
  return first === 'codeWanted' ? { signingIn } : first;
}

function hostOf(origins: Origins): string {
  return origins.api === 'https://hub.docker.com' ? 'Docker Hub' : new URL(origins.api).host;
}
