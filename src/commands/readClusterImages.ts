import * as vscode from 'vscode';
import { abortSignal } from '../host/abortSignal.ts';
import { numberText } from '../host/countText.ts';
import { Kubectl } from '../host/kubectl.ts';
import { plainText } from '../hub/serverWords.ts';
import type { Services } from './services.ts';

/**
 * `Read Images of the Current Kubernetes Context`: what runs there is in use for this window, until it is read again. Reads only, on this
 * command only, and after the user has seen which cluster it is.
 */
export async function readClusterImages({ references, reader }: Services): Promise<void> {
  const { t } = vscode.l10n;
  // What kubectl runs to sign in stands in files of the user; still, nothing is run for a workspace that is not trusted.
  if (!vscode.workspace.isTrusted) throw new Error(t('Images of a cluster are read only while the workspace is trusted.'));
  const kubectl = new Kubectl();
  const context = await withProgress(t('Looking for the Kubernetes Context'), (signal) => kubectl.currentContext(signal));
  const shown = plainText(context, 200);
  const detail = t('Runs "{0}", which changes nothing. What runs there counts as used in this window, until it is read again.', `kubectl get pods --all-namespaces --output=json --context=${shown}`);
  const button = t('Read Images');
  if ((await vscode.window.showWarningMessage(t('Read the images of the Kubernetes context "{0}"?', shown), { modal: true, detail }, button)) !== button) return;
  const pods = await withProgress(t('Reading the Images of {0}', shown), async (signal) => {
    const bytes = await kubectl.pods(context, signal);
    const read = await reader.read({ kind: 'pods', bytes });
    signal.throwIfAborted();
    return read;
  });
  references.setCluster(shown, pods);
  const images = new Set(pods.flatMap(({ found }) => found.references.map(({ image }) => `${image.namespace}/${image.name}:${image.tag ?? ''}@${image.digest ?? ''}`)));
  void vscode.window.showInformationMessage(t('{0} pods of {1} refer to {2} images of Docker Hub, by tag or digest.', numberText(pods.length), shown, numberText(images.size)));
}

function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (_, token) => {
    using cancel = abortSignal(token);
    // Awaited, or the signal would follow the token no longer.
    return await work(cancel.signal);
  });
}
