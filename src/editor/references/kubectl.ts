import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { plainText } from '../../hub/wire/serverWords.ts';

/** Longest time (ms) for one call. */
const timeout = 30_000;
/** Most bytes that are taken of an answer: some ten thousand pods. */
const maxBytes = 200_000_000;

/** Reads from the Kubernetes cluster of the user's own settings, through `kubectl`; changes nothing there. */
export class Kubectl {
  readonly #timeout: number;

  /** @param limit longest time for one call in ms, default 30 s */
  constructor(limit: number = timeout) {
    this.#timeout = limit;
  }

  /** The name of the current context. @throws Error with words for people; the signal's reason */
  async currentContext(signal: AbortSignal): Promise<string> {
    return new TextDecoder().decode(await this.#run(['config', 'current-context'], signal)).trim();
  }

  /** All pods that the user may see, as JSON. @throws Error with words for people; the signal's reason */
  pods(context: string, signal: AbortSignal): Promise<Uint8Array> {
    return this.#run(['get', 'pods', '--all-namespaces', '--output=json', `--context=${context}`], signal);
  }

  #run(args: readonly string[], signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      // No shell; and not in the workspace's folder, where Windows would look for the program first.
      const options = {
        encoding: 'buffer',
        timeout: this.#timeout,
        maxBuffer: maxBytes,
        signal,
        cwd: homedir(),
        windowsHide: true,
      } as const;
      execFile('kubectl', args, options, (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (signal.aborted) reject(signal.reason);
        else reject(new Error(this.#wordsOf(error, stderr)));
      });
    });
  }

  #wordsOf(error: Error & { readonly code?: unknown; readonly killed?: boolean }, stderr: Uint8Array): string {
    if (error.code === 'ENOENT') {
      return vscode.l10n.t("kubectl wasn't found. Install it, or add it to PATH and restart VS Code.");
    }
    if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
      return vscode.l10n.t('kubectl returned more than can be read.');
    }
    if (error.killed) return vscode.l10n.t("kubectl didn't answer within {0} seconds.", this.#timeout / 1000);
    const words = plainText(new TextDecoder().decode(stderr));
    return words === ''
      ? vscode.l10n.t('kubectl failed: {0}', plainText(error.message))
      : vscode.l10n.t('kubectl says: "{0}"', words);
  }
}
