import { registerHooks } from 'node:module';

/** As much of VS Code as texts, documents and the plan panel need; nobody confirms anything. */
const source = `
  export const l10n = { t: (text, ...args) => text.replace(/\\{(\\d+)\\}/g, (_, index) => args[index]) };
  export const env = { language: 'en' };
  export class CancellationError extends Error {}
  export const Disposable = { from: (...parts) => ({ dispose: () => parts.forEach((part) => part.dispose()) }) };
  export const Uri = { from: (parts) => parts };
  export const window = { showTextDocument() {}, showWarningMessage: async () => undefined, showQuickPick: async () => [] };
  const defaults = { protect: ['latest'], maxDeletions: 0 };
  export const workspace = { openTextDocument() {}, getConfiguration: () => ({ inspect: (key) => ({ defaultValue: defaults[key] }) }) };
`;

/** Lets modules that import `vscode` load outside of it, from now on. */
export function useVscodeDouble(): void {
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  registerHooks({ resolve: (specifier, context, next) => (specifier === 'vscode' ? { url, shortCircuit: true } : next(specifier, context)) });
}
