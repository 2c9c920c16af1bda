import * as vscode from 'vscode';

const scheme = 'docker-hub-pruner';
const mostKept = 20;
/** Characters of one document: VS Code opens none of more than 50 MB, and takes five seconds for 20 MB. */
const longest = 10_000_000;

/** Read-only documents with plain text that this extension wrote: plans and reports. The latest 20 are kept. */
export class TextDocuments implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  #opened = 0;

  /** Registers the provider; dispose the result to take it away. */
  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t('This text is not kept any more.');
  }

  /** Shows `text` in a tab named `title`, without taking the focus. What is longer than 10 million characters is cut after a line, which the last line says. */
  async show(title: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${title.replaceAll('/', '∕')}`, query: String(++this.#opened) });
    this.#texts.set(uri.toString(), cut(text));
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > mostKept && oldest !== undefined) this.#texts.delete(oldest);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true, preserveFocus: true });
  }
}

function cut(text: string): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf('\n', longest);
  return `${text.slice(0, end < 0 ? longest : end)}\n\n${vscode.l10n.t('The rest is too long to be shown here.')}`;
}
