import { registerHooks } from 'node:module';

/** As much of VS Code as texts, documents, the plan panel and a workspace on disk need; nobody confirms anything. */
const source = `
  export const l10n = { t: (text, ...args) => text.replace(/\\{(\\d+)\\}/g, (_, index) => args[index]) };
  export const env = { language: 'en' };
  const uri = (path) => ({ scheme: 'file', path, fsPath: path, toString: () => 'file://' + path });
  export const Uri = { from: (parts) => parts, file: uri, joinPath: ({ path }, ...names) => uri([path, ...names].join('/')) };
  const nothing = { dispose() {} };
  export class CancellationError extends Error {}
  export const Disposable = { from: (...parts) => ({ dispose: () => parts.forEach((part) => part.dispose()) }) };
  export class EventEmitter {
    #listeners = new Set();
    event = (listener) => {
      this.#listeners.add(listener);
      return { dispose: () => this.#listeners.delete(listener) };
    };
    fire(value) {
      for (const listener of [...this.#listeners]) listener(value);
    }
    dispose() {}
  }
  export const window = { showTextDocument() {}, showWarningMessage: async () => undefined, showQuickPick: async () => [] };
  const defaults = { protect: ['latest'], maxDeletions: 0 };
  export const workspace = {
    openTextDocument() {},
    workspaceFolders: [],
    asRelativePath: ({ path }) => path,
    createFileSystemWatcher: () => ({ onDidChange: () => nothing, onDidCreate: () => nothing, onDidDelete: () => nothing, ...nothing }),
    onDidSaveTextDocument: () => nothing,
    onDidChangeWorkspaceFolders: () => nothing,
    onDidChangeConfiguration: () => nothing,
    getConfiguration: () => ({ get: () => ({ '**/.git': true }), inspect: (key) => ({ defaultValue: defaults[key] }) }),
  };
`;

/** Lets modules that import `vscode` load outside of it, from now on. */
export function useVscodeDouble(): void {
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url, shortCircuit: true } : next(specifier, context),
  });
}
