import { registerHooks } from 'node:module';

/** As much of VS Code as a plan panel needs, when a browser beside it shows its page. */
const source = `
  export const l10n = { t: (text, ...args) => text.replace(/\\{(\\d+)\\}/g, (_, index) => args[index]) };
  export const env = { language: 'en' };
  export class CancellationError extends Error {}
  export const Disposable = { from: (...parts) => ({ dispose: () => parts.forEach((part) => part.dispose()) }) };
  export const Uri = { joinPath: (base, ...parts) => base + '/' + parts.join('/'), from: (parts) => parts };
  export const workspace = { getConfiguration: () => ({ get: () => undefined, inspect: () => undefined }) };
  export const window = {};
`;

/** Lets modules that import `vscode` load outside of it, from now on. */
export function useVscodeDouble(): void {
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url, shortCircuit: true } : next(specifier, context),
  });
}
