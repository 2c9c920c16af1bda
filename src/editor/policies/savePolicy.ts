import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { openPolicies } from './openPolicies.ts';
import { insertPolicy } from '../../policies/policyEdit.ts';
import { readPolicyFile, readPolicySetting, type PolicyText } from '../../policies/policyFile.ts';
import { policyFileName } from '../../policies/policyFileName.ts';
import { checkPolicies } from '../../policies/policyList.ts';
import { policySettingKey, readPolicySettingValue } from '../settings/policySetting.ts';
import { policyFileOf, userLabel } from './policyStore.ts';
import { PolicySourcesError } from '../../policies/policySourcesError.ts';
import { policyText } from '../../text/policyText.ts';
import { readPolicyText } from './readPolicyText.ts';
import { settingSection } from '../../text/settingError.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import { policyData } from '../../retention/policy/checkPolicy.ts';
import { mayShareRepository } from '../../retention/policy/mayShareRepository.ts';
import type { Policy } from '../../retention/policy/policy.ts';
import type { PolicyServices } from './policyServices.ts';

/** Documents are read again so often where they change under the edit. */
const maxTries = 5;

interface Target extends vscode.QuickPickItem {
  /** A workspace folder's file; missing for the user's settings. */
  readonly uri?: vscode.Uri;
}

/**
 * `Save as Policy…`: asks where, and for a file under which name, and writes the policy there; everything else that stands there stays as it is.
 * Nothing is written where there is an error. Where the first that matches is another one that names some of the same repositories, the new one
 * is put before that, once the user has agreed, since it would never apply to these otherwise.
 * @throws PolicySourcesError where there is an error, and opens the place
 */
export async function savePolicy({ policies }: Pick<PolicyServices, 'policies'>, policy: Policy): Promise<void> {
  const target = await vscode.window.showQuickPick(targets(), {
    title: vscode.l10n.t('Save as Policy: Where?'),
    placeHolder: vscode.l10n.t('A team can commit the file in a workspace folder; your settings apply only to you'),
  });
  if (!target) return;
  const { sources } = await policies.current();
  const error = sources
    .find(({ uri }) => uri?.toString() === target.uri?.toString())
    ?.problems.find(({ severity }) => severity === 'error');
  if (error) {
    await openPolicies(error);
    throw new PolicySourcesError(error);
  }
  await (target.uri ? saveInFile(target.uri, target.label, policy) : saveInSettings(policy));
}

function targets(): Target[] {
  const { isTrusted, workspaceFolders = [], fs } = vscode.workspace;
  const folders = isTrusted ? workspaceFolders.filter(({ uri }) => fs.isWritableFileSystem(uri.scheme) !== false) : [];
  const files = folders.map((folder): Target => ({
    label: plainText(folder.name, 100),
    description: policyFileName,
    detail: vscode.l10n.t('For everyone who works in this folder'),
    uri: policyFileOf(folder),
  }));
  return [
    ...files,
    { label: userLabel(), description: policySettingKey, detail: vscode.l10n.t('For you, in every workspace') },
  ];
}

async function saveInFile(uri: vscode.Uri, label: string, policy: Policy): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save as Policy: Name'),
    prompt: vscode.l10n.t('Optional. Added above the policy as a comment.'),
    placeHolder: vscode.l10n.t('builds of each commit'),
  });
  if (name === undefined) return;
  await createIfMissing(uri);
  await saveInDocument({
    uri,
    policy,
    key: 'policies',
    comment: plainText(name, 200),
    label,
    read: async (document) => {
      // An editor may be behind the file for a moment, and would write over what it does not show yet.
      if (!document.isDirty && !(await shows(document))) throw changedError(label);
      return readPolicyFile(document.getText(), Date.now());
    },
  });
}

/** VS Code itself writes the setting, and the list in it anew: where that would take comments away, the user is to put the policy there. */
async function saveInSettings(policy: Policy): Promise<void> {
  const label = userLabel();
  const value = readPolicySettingValue() ?? [];
  const { policies, problems } = checkPolicies(value, Date.now());
  if (problems.length > 0 || !Array.isArray(value)) throw changedError(label);
  const found = policies.findIndex(({ repositories }) => mayShareRepository(repositories, policy.repositories));
  if (found >= 0 && !(await agrees(policies[found]!, found + 1, label))) return;
  await openPolicies({});
  if (policies.length > 0 && (await mayHaveComments(value))) {
    await vscode.env.clipboard.writeText(JSON.stringify(policyData(policy), undefined, 2));
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Your policies might have comments, which VS Code would remove. The policy was copied instead: paste it as item {0} of the list.',
        (found < 0 ? policies.length : found) + 1,
      ),
    );
    return;
  }
  if (!isDeepStrictEqual(readPolicySettingValue() ?? [], value)) throw changedError(label);
  const list = value.toSpliced(found < 0 ? value.length : found, 0, policyData(policy));
  await vscode.workspace.getConfiguration(settingSection).update('policies', list, vscode.ConfigurationTarget.Global);
  tellSaved(label);
}

/** Whether the settings that VS Code has just opened hold a comment in the list of policies, or cannot be told to be those that count. */
async function mayHaveComments(value: unknown): Promise<boolean> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const read = uri && (await readPolicyText(uri));
  if (!read || !('text' in read)) return true;
  const list = readPolicySetting(read.text, policySettingKey, Date.now());
  return list.hasComments || !isDeepStrictEqual(plainData(list.value), plainData(value));
}

interface Saving {
  readonly uri: vscode.Uri;
  readonly policy: Policy;
  /** See `PolicyInsertion`. */
  readonly key: string;
  readonly comment: string;
  /** The place, as it is shown. */
  readonly label: string;
  /** What the document says. @throws where it is not that into which the policy is to go */
  readonly read: (document: vscode.TextDocument) => PolicyText | Promise<PolicyText>;
}

async function saveInDocument({ uri, policy, key, comment, label, read }: Saving): Promise<void> {
  let agreed: Policy | undefined;
  for (let tries = 0; tries < maxTries; tries++) {
    const document = await vscode.workspace.openTextDocument(uri);
    const { policies, problems } = await read(document);
    if (problems.length > 0) throw changedError(label);
    const found = policies.findIndex((other) => mayShareRepository(other.policy.repositories, policy.repositories));
    const other = policies[found]?.policy;
    if (other && !isDeepStrictEqual(other, agreed)) {
      if (!(await agrees(other, found + 1, label))) return;
      agreed = other;
      // While the question stood there, anything may have happened.
      continue;
    }
    const { isDirty } = document;
    const before = document.getText();
    const { text, offset } = insertPolicy(
      before,
      policyData(policy),
      { key, index: found < 0 ? policies.length : found, comment },
      styleOf(document),
    );
    const edit = new vscode.WorkspaceEdit();
    const [start, end] = changedPart(before, text);
    edit.replace(
      uri,
      new vscode.Range(document.positionAt(start), document.positionAt(before.length - end)),
      text.slice(start, text.length - end),
    );
    // VS Code refuses where it has a newer text than was read here.
    if (!(await vscode.workspace.applyEdit(edit))) continue;
    // What else was changed there is the user's to save.
    if (!isDirty) await document.save();
    const place = document.positionAt(offset);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
    if (isDirty) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The policy was added to {0}, which has other unsaved changes.', label),
      );
    } else {
      tellSaved(label);
    }
    return;
  }
  throw changedError(label);
}

/** Asks whether the new policy may take precedence over one that is there. @param number of that one in its list, from 1 */
async function agrees(other: Policy, number: number, label: string): Promise<boolean> {
  const put = vscode.l10n.t('Insert Before');
  const detail = vscode.l10n.t(
    "That policy: {0}. The first policy that matches a repository applies. After it, the new policy wouldn't apply to repositories that both match. Before it, the new policy applies to them, and that one no longer does.",
    policyText(other),
  );
  return (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Policy {0} of {1} might match some of the same repositories. Insert the new one before it?',
        number,
        label,
      ),
      { modal: true, detail },
      put,
    )) === put
  );
}

function changedError(label: string): Error {
  return new Error(vscode.l10n.t('{0} was changed in the meantime, so nothing was saved. Try again.', label));
}

/** Whether a document shows what its file holds. */
async function shows(document: vscode.TextDocument): Promise<boolean> {
  const read = await readPolicyText(document.uri);
  const lines = (text: string) => text.split(/\r\n|\r|\n/).join('\n');
  return read !== undefined && 'text' in read && lines(read.text) === lines(document.getText());
}

/** Without what tells apart the objects of a parser and of a configuration. */
function plainData(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function tellSaved(label: string): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('Saved the policy in {0}.', label));
}

/** Makes a policy file where there is none. */
async function createIfMissing(uri: vscode.Uri): Promise<void> {
  const exists = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (exists) return;
  const edit = new vscode.WorkspaceEdit();
  const header = vscode.l10n.t(
    'What Pruner for Docker Hub may delete, and what it keeps. The first policy that matches a repository applies to it.',
  );
  // One that has come into being meanwhile is left as it is.
  edit.createFile(uri, { ignoreIfExists: true, contents: new TextEncoder().encode(`// ${header}\n`) });
  await vscode.workspace.applyEdit(edit);
}

function styleOf(document: vscode.TextDocument): { readonly eol: '\n' | '\r\n'; readonly indent: string } {
  const configuration = vscode.workspace.getConfiguration('editor', document);
  const size = configuration.get<number>('tabSize');
  const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  return {
    eol,
    indent:
      configuration.get<boolean>('insertSpaces') === false ? '\t' : ' '.repeat(Number.isInteger(size) ? size! : 2),
  };
}

/** How many characters at the beginning and at the end of two texts are the same. */
function changedPart(before: string, after: string): [start: number, end: number] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return [start, end];
}
