import { registerHooks } from 'node:module';

/** As much of VS Code as texts and documents need. */
const source = `
  export const l10n = { t: (text, ...args) => text.replace(/\\{(\\d+)\\}/g, (_, index) => args[index]) };
  export const env = { language: 'en' };
  export const Uri = { from: (parts) => parts };
  export const window = { showTextDocument() {} };
  export const workspace = { openTextDocument() {} };
`;

/** Lets modules that import `vscode` load outside of it, from now on. */
export function useVscodeDouble(): void {
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  registerHooks({ resolve: (specifier, context, next) => (specifier === 'vscode' ? { url, shortCircuit: true } : next(specifier, context)) });
}
