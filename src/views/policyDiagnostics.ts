import * as vscode from 'vscode';
import { AtMostEvery } from '../host/atMostEvery.ts';
import { readPolicySetting } from '../host/policyFile.ts';
import { policyProblemText } from '../host/policyProblemText.ts';
import { policySettingKey } from '../host/policySetting.ts';
import type { PolicySourceProblem } from '../host/policySources.ts';
import type { PolicyStore } from '../host/policyStore.ts';
import { rangesIn } from '../host/rangesIn.ts';
import { isUserSettings } from '../host/userSettingsFile.ts';

/** Who types sees what is wrong so often, in ms. */
const pace = 150;

/** Shows what is wrong with policies where they are written: in the files of workspace folders, open or not, and in the user's settings while they are open. */
export class PolicyDiagnostics implements vscode.Disposable {
  readonly #store: PolicyStore;
  readonly #now: () => number;
  readonly #collection = vscode.languages.createDiagnosticCollection('docker-hub-pruner');
  readonly #refreshing = new AtMostEvery(pace, () => void this.#refresh());
  readonly #subscriptions: vscode.Disposable;
  #asked = 0;

  /** @param now gives the instant (ms) that dates are checked against */
  constructor(store: PolicyStore, now: () => number) {
    this.#store = store;
    this.#now = now;
    const ofDocument = (document: vscode.TextDocument) => isUserSettings(document) && this.#refreshing.ask();
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      store.onDidChange(() => this.#refreshing.ask()),
      vscode.workspace.onDidOpenTextDocument(ofDocument),
      vscode.workspace.onDidCloseTextDocument(ofDocument),
      vscode.workspace.onDidChangeTextDocument(({ document }) => ofDocument(document)),
    );
    this.#refreshing.ask();
  }

  dispose(): void {
    // What is being read has nowhere to be shown any more.
    this.#asked++;
    this.#refreshing[Symbol.dispose]();
    this.#subscriptions.dispose();
  }

  async #refresh(): Promise<void> {
    const asked = ++this.#asked;
    const { sources, untrusted } = await this.#store.current();
    if (asked !== this.#asked) return;
    const found = new Map<string, [vscode.Uri, vscode.Diagnostic[]]>();
    for (const { uri, problems } of [...sources, ...untrusted]) {
      if (uri) found.set(uri.toString(), [uri, problems.map(diagnosticOf)]);
    }
    for (const document of vscode.workspace.textDocuments) {
      if (isUserSettings(document)) found.set(document.uri.toString(), [document.uri, this.#ofSettings(document)]);
    }
    const gone = [...this.#collection].map(([uri]) => uri).filter((uri) => !found.has(uri.toString()));
    this.#collection.set([...gone.map((uri): [vscode.Uri, undefined] => [uri, undefined]), ...found.values()]);
  }

  #ofSettings(document: vscode.TextDocument): vscode.Diagnostic[] {
    const text = document.getText();
    const rangeOf = rangesIn(text);
    return readPolicySetting(text, policySettingKey, this.#now()).problems.map((problem) => errorAt(rangeOf(problem.span), policyProblemText(problem)));
  }
}

function diagnosticOf({ severity, range, message }: PolicySourceProblem): vscode.Diagnostic {
  const diagnostic = errorAt(range ?? new vscode.Range(0, 0, 0, 1), message);
  if (severity === 'warning') diagnostic.severity = vscode.DiagnosticSeverity.Warning;
  return diagnostic;
}

function errorAt(range: vscode.Range, message: string): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'Pruner for Docker Hub';
  return diagnostic;
}
