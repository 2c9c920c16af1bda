import * as vscode from 'vscode';
import { policyFileName } from '../../policies/policyFileName.ts';

/** The lenses of policy files, whose provider is loaded when VS Code first asks for some. */
export class LazyPolicyLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #load: () => Promise<vscode.CodeLensProvider>;
  readonly #changed = new vscode.EventEmitter<void>();
  #loaded: vscode.CodeLensProvider | undefined;
  #subscription: vscode.Disposable | undefined;

  /** @param load gives the same object at each call */
  constructor(load: () => Promise<vscode.CodeLensProvider>) {
    this.#load = load;
  }

  readonly onDidChangeCodeLenses: vscode.Event<void> = (listener, ...rest) => this.#changed.event(listener, ...rest);

  /** Registers the provider; dispose the result to take it away. */
  register(): vscode.Disposable {
    return vscode.languages.registerCodeLensProvider({ pattern: `**/${policyFileName}` }, this);
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    return (await (await this.#provider()).provideCodeLenses(document, token)) ?? [];
  }

  async resolveCodeLens(lens: vscode.CodeLens, token: vscode.CancellationToken): Promise<vscode.CodeLens> {
    return (await (await this.#provider()).resolveCodeLens?.(lens, token)) ?? lens;
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#changed.dispose();
  }

  async #provider(): Promise<vscode.CodeLensProvider> {
    const provider = await this.#load();
    if (this.#loaded !== provider) {
      this.#loaded = provider;
      this.#subscription?.dispose();
      this.#subscription = provider.onDidChangeCodeLenses?.(() => this.#changed.fire());
    }
    return provider;
  }
}
