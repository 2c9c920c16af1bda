import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { plainText } from '../../hub/wire/serverWords.ts';
import { policyData } from '../../retention/policy/checkPolicy.ts';
import { compileRepositoryGlobs } from '../../retention/globs/glob.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Policy } from '../../retention/policy/policy.ts';
import { readPolicyFile } from '../../policies/policyFile.ts';
import { policyFileName } from '../../policies/policyFileName.ts';
import { checkPolicies } from '../../policies/policyList.ts';
import { listProblemText, policyProblemText, settingPlaceText, unreadFileText } from '../../text/policyProblemText.ts';
import { policySettingKey, readPolicySettingValue } from '../settings/policySetting.ts';
import type { LocatedPolicy, PolicySource, PolicySourceProblem, PolicySources } from '../../policies/policySources.ts';
import { usableSources } from '../../policies/policySourcesError.ts';
import { policyWarnings } from '../../text/policyWarnings.ts';
import { rangesIn } from './rangesIn.ts';
import { readPolicyText } from './readPolicyText.ts';
import type { TextSpan } from '../../policies/textSpan.ts';

/** What a store works with. */
export interface PolicyStoreParts {
  /** The instant (ms) that dates of policies are checked against. */
  readonly now: () => number;
  /** Whether files of the workspace may be acted on; by default what VS Code says. */
  readonly isTrusted?: () => boolean;
}

/**
 * What is said of policies: in the user's setting and in the file of each workspace folder. It is read anew whenever it is asked for, since files are
 * small and a rule that was taken back must not act. Of a file with unsaved changes, what the editor shows counts.
 */
export class PolicyStore implements vscode.Disposable {
  readonly #parts: PolicyStoreParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;

  constructor(parts: PolicyStoreParts) {
    this.#parts = parts;
    const { workspace } = vscode;
    const fire = () => this.#changed.fire();
    const watcher = workspace.createFileSystemWatcher(`**/${policyFileName}`);
    const ofDocument = (document: vscode.TextDocument) => isPolicyFile(document.uri) && fire();
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      watcher,
      watcher.onDidCreate(fire),
      watcher.onDidChange(fire),
      watcher.onDidDelete(fire),
      workspace.onDidChangeTextDocument(({ document }) => ofDocument(document)),
      workspace.onDidOpenTextDocument(ofDocument),
      workspace.onDidCloseTextDocument(ofDocument),
      workspace.onDidSaveTextDocument(ofDocument),
      workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(policySettingKey) && fire()),
      workspace.onDidChangeWorkspaceFolders(fire),
      workspace.onDidGrantWorkspaceTrust(fire),
    );
  }

  /** Fires when what `current` gives may have changed. */
  readonly onDidChange: vscode.Event<void> = (listener, ...rest) => this.#changed.event(listener, ...rest);

  /** Reads all sources as they are now; what is wrong with them is part of the result. */
  async current(): Promise<PolicySources> {
    const now = this.#parts.now();
    const files = await Promise.all(
      (vscode.workspace.workspaceFolders ?? []).map((folder) => readFileSource(folder, now)),
    );
    const found = files.filter((source) => source !== undefined);
    const [trusted, untrusted] = (this.#parts.isTrusted?.() ?? vscode.workspace.isTrusted) ? [found, []] : [[], found];
    const user = readUserSource(now);
    const sources = user ? [...trusted, user] : trusted;
    return {
      sources,
      untrusted,
      errors: sources.flatMap(({ problems }) => problems.filter(({ severity }) => severity === 'error')),
    };
  }

  /**
   * The policy with an id, as it is written now; `undefined` where there is none any more, or its workspace is not trusted.
   * @throws PolicySourcesError while any source has an error
   */
  async find(id: unknown): Promise<LocatedPolicy | undefined> {
    const sources = usableSources(await this.current());
    return sources.flatMap(({ policies }) => policies).find((policy) => policy.id === id);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

/** Whether a file is named as policy files are; it counts only at the root of a workspace folder. */
export function isPolicyFile({ path }: vscode.Uri): boolean {
  return path.endsWith(`/${policyFileName}`);
}

/** The file of a workspace folder. */
export function policyFileOf(folder: vscode.WorkspaceFolder): vscode.Uri {
  return vscode.Uri.joinPath(folder.uri, policyFileName);
}

function readUserSource(now: number): PolicySource | undefined {
  const value = readPolicySettingValue();
  if (value === undefined) return undefined;
  const { policies, problems } = checkPolicies(value, now);
  const label = userLabel();
  const errors = problems.map((problem): PolicySourceProblem => ({
    severity: 'error',
    source: label,
    message: listProblemText(problem, policySettingKey),
  }));
  const warnings = policyWarnings(policies).map(({ path, message }): PolicySourceProblem => ({
    severity: 'warning',
    source: label,
    message: settingPlaceText(path, message, policySettingKey),
  }));
  return policies.length + errors.length === 0
    ? undefined
    : makeSource({ key: 'user', label }, policies, [...errors, ...warnings]);
}

/** How the user's settings are named among sources. */
export function userLabel(): string {
  return vscode.l10n.t('your settings');
}

async function readFileSource(folder: vscode.WorkspaceFolder, now: number): Promise<PolicySource | undefined> {
  const uri = policyFileOf(folder);
  const place = { key: uri.toString(), label: plainText(folder.name, 100), uri };
  const shown = vscode.workspace.textDocuments.find(
    (document) => document.isDirty && document.uri.toString() === place.key,
  );
  const read = shown ? { text: shown.getText() } : await readPolicyText(uri);
  if (!read) return undefined;
  if ('unread' in read) {
    return makeSource(
      place,
      [],
      [{ severity: 'error', source: place.label, uri, message: unreadFileText(read.unread) }],
    );
  }
  const { policies, problems, spanAt } = readPolicyFile(read.text, now);
  const rangeOf = rangesIn(read.text);
  const problem = (
    severity: PolicySourceProblem['severity'],
    span: TextSpan,
    message: string,
  ): PolicySourceProblem => ({ severity, source: place.label, uri, range: rangeOf(span), message });
  const written = policies.map(({ policy }) => policy);
  const found = [
    ...problems.map((error) => problem('error', error.span, policyProblemText(error))),
    ...policyWarnings(written).map(({ path, message }) => problem('warning', spanAt(path), message)),
  ];
  return makeSource(
    place,
    written,
    found,
    policies.map(({ span }) => rangeOf(span)),
  );
}

function makeSource(
  place: Pick<PolicySource, 'key' | 'label' | 'uri'>,
  policies: readonly Policy[],
  problems: readonly PolicySourceProblem[],
  ranges: readonly vscode.Range[] = [],
): PolicySource {
  const located = policies.map((policy, index): LocatedPolicy => {
    const range = ranges[index];
    return {
      id: `${place.key}#${fingerprint(policy)}`,
      policy,
      sourceKey: place.key,
      source: place.label,
      ...(place.uri && { uri: place.uri }),
      ...(range && { range }),
    };
  });
  const matchers = located.map((policy) => ({ policy, matches: compileRepositoryGlobs(policy.policy.repositories) }));
  const policyOf = ({ namespace, name }: RepositoryName) =>
    matchers.find(({ matches }) => matches(`${namespace}/${name}`))?.policy;
  return { ...place, policies: located, problems, policyOf };
}

/** Twice the same policy in one source is the same policy: the second never applies. */
function fingerprint(policy: Policy): string {
  return createHash('sha256')
    .update(JSON.stringify(policyData(policy)))
    .digest('base64url')
    .slice(0, 22);
}
