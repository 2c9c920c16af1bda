import * as vscode from 'vscode';
import { inSlices } from '../../async/inSlices.ts';
import { sliceSize, type Sliced } from '../../async/sliced.ts';

const scheme = 'docker-hub-pruner';
const maxKept = 20;
/**
 * Characters of one document. VS Code sends all of it to its window and back, at one go each: a million hold the extension host for 20 ms, ten
 * million for 180 ms, and it opens none of more than 50 MB.
 */
const longest = 1_000_000;

/** Read-only documents with plain text that this extension wrote: plans and reports. The latest 20 are kept. */
export class TextDocuments implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  #opened = 0;

  /** Registers the provider; dispose the result to take it away. */
  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t('This text is no longer available.');
  }

  /**
   * Shows lines of text in a tab named `title`, without taking the focus. What is longer than a document may be is cut after a line, and then the
   * last one says so.
   * @param lines are made in slices (see `inSlices`), and no more of them than are shown
   * @param rest where the whole text can be had; by default nowhere
   */
  async show(title: string, lines: Iterable<string>, rest = ''): Promise<void> {
    const text = await inSlices(shownText(lines, rest));
    const uri = vscode.Uri.from({ scheme, path: `/${title.replaceAll('/', '∕')}`, query: String(++this.#opened) });
    this.#texts.set(uri.toString(), text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > maxKept && oldest !== undefined) this.#texts.delete(oldest);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
      preview: true,
      preserveFocus: true,
    });
  }
}

function* shownText(lines: Iterable<string>, rest: string): Sliced<string> {
  const shown: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > longest) {
      shown.push('', [vscode.l10n.t('The rest is too long to show here.'), rest].join(' ').trim());
      break;
    }
    shown.push(line);
    if (shown.length % sliceSize === 0) yield;
  }
  return shown.join('\n');
}
