import * as vscode from 'vscode';
import { editorRange, editorUri } from './editorPlace.ts';
import { Throttle } from '../../async/throttle.ts';
import { readPolicySetting } from '../../policies/policyFile.ts';
import { policyProblemText } from '../../text/policyProblemText.ts';
import { policySettingKey } from '../settings/policySetting.ts';
import type { PolicySourceProblem } from '../../policies/policySources.ts';
import type { PolicyStore } from './policyStore.ts';
import { policyWarnings } from '../../text/policyWarnings.ts';
import { rangesIn } from './rangesIn.ts';
import { isUserSettings } from './userSettingsFile.ts';

/** Who types sees what is wrong so often, in ms. */
const pace = 150;

/** What diagnostics are made of. */
export interface PolicyDiagnosticsParts {
  readonly store: PolicyStore;
  /** The instant (ms) that dates are checked against. */
  readonly now: () => number;
  /** See `isUserSettings`. */
  readonly globalStorage: vscode.Uri;
}

/** Shows what is wrong with policies where they are written: in the files of workspace folders, open or not, and in the user's settings while they are open. */
export class PolicyDiagnostics implements vscode.Disposable {
  readonly #parts: PolicyDiagnosticsParts;
  readonly #collection = vscode.languages.createDiagnosticCollection('docker-hub-pruner');
  readonly #refreshing = new Throttle(pace, () => void this.#refresh());
  readonly #subscriptions: vscode.Disposable;
  #asked = 0;

  constructor(parts: PolicyDiagnosticsParts) {
    this.#parts = parts;
    const ofDocument = (document: vscode.TextDocument) =>
      isUserSettings(document, parts.globalStorage) && this.#refreshing.request();
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      parts.store.onDidChange(() => this.#refreshing.request()),
      vscode.workspace.onDidOpenTextDocument(ofDocument),
      vscode.workspace.onDidCloseTextDocument(ofDocument),
      vscode.workspace.onDidChangeTextDocument(({ document }) => ofDocument(document)),
    );
    this.#refreshing.request();
  }

  dispose(): void {
    // What is being read has nowhere to be shown any more.
    this.#asked++;
    this.#refreshing[Symbol.dispose]();
    this.#subscriptions.dispose();
  }

  async #refresh(): Promise<void> {
    const asked = ++this.#asked;
    const { sources, untrusted } = await this.#parts.store.current();
    if (asked !== this.#asked) return;
    const found = new Map<string, [vscode.Uri, vscode.Diagnostic[]]>();
    for (const { uri, problems } of [...sources, ...untrusted]) {
      if (uri) found.set(uri.toString(), [editorUri(uri), problems.map(diagnosticOf)]);
    }
    for (const document of vscode.workspace.textDocuments) {
      if (isUserSettings(document, this.#parts.globalStorage)) {
        found.set(document.uri.toString(), [document.uri, this.#ofSettings(document)]);
      }
    }
    const gone = [...this.#collection].map(([uri]) => uri).filter((uri) => !found.has(uri.toString()));
    this.#collection.set([...gone.map((uri): [vscode.Uri, undefined] => [uri, undefined]), ...found.values()]);
  }

  #ofSettings(document: vscode.TextDocument): vscode.Diagnostic[] {
    const text = document.getText();
    const rangeOf = rangesIn(text);
    const { policies, problems, spanAt } = readPolicySetting(text, policySettingKey, this.#parts.now());
    return [
      ...problems.map((problem) => diagnosticAt(rangeOf(problem.span), policyProblemText(problem), 'error')),
      ...policyWarnings(policies.map(({ policy }) => policy)).map(({ path, message }) =>
        diagnosticAt(rangeOf(spanAt(path)), message, 'warning'),
      ),
    ];
  }
}

function diagnosticOf({ severity, range, message }: PolicySourceProblem): vscode.Diagnostic {
  return diagnosticAt(range ? editorRange(range) : new vscode.Range(0, 0, 0, 1), message, severity);
}

function diagnosticAt(
  range: vscode.Range,
  message: string,
  severity: PolicySourceProblem['severity'],
): vscode.Diagnostic {
  const { Error, Warning } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(range, message, severity === 'warning' ? Warning : Error);
  diagnostic.source = 'Pruner for Docker Hub';
  return diagnostic;
}
