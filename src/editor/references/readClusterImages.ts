import * as vscode from 'vscode';
import { fullName } from '../../retention/tags/repositoryName.ts';
import { abortSignal } from '../ui/abortSignal.ts';
import { numberText } from '../../text/countText.ts';
import { Kubectl } from './kubectl.ts';
import { referenceFacts } from '../../text/referenceFacts.ts';
import { plainText } from '../../hub/wire/serverWords.ts';
import type { ReferenceServices } from './referenceServices.ts';

/**
 * `Read Images of the Current Kubernetes Context`: what runs there is in use for this workspace, until it is read again or forgotten. Reads only,
 * on this command only, and after the user has seen which cluster it is.
 */
export async function readClusterImages(services: ReferenceServices): Promise<void> {
  const { references, reader } = services;
  // What kubectl runs to sign in stands in files of the user; still, nothing is run for a workspace that is not trusted.
  if (!vscode.workspace.isTrusted) {
    throw new Error(vscode.l10n.t('Images of a cluster are read only in a trusted workspace.'));
  }
  const kubectl = new Kubectl();
  const forget = vscode.l10n.t('Forget Cluster Images');
  let context: string;
  try {
    context = await withProgress(vscode.l10n.t('Looking for the Kubernetes Context'), (signal) =>
      kubectl.currentContext(signal),
    );
  } catch (error) {
    // A cluster that is not there any more can be read no more, and what it protects would stay for ever.
    if (!references.hasClusters || (error instanceof Error && error.name === 'AbortError')) throw error;
    if (
      (await vscode.window.showErrorMessage(
        plainText(error instanceof Error ? error.message : String(error)),
        forget,
      )) === forget
    ) {
      await references.forgetClusters();
    }
    return;
  }
  const shown = plainText(context, 200);
  const detail = vscode.l10n.t(
    'Runs "{0}", which changes nothing. Images that run there count as used in this workspace until you read them again or forget them.',
    `kubectl get pods --all-namespaces --output=json --context=${shown}`,
  );
  const known = referenceFacts(references.clusterDoubts);
  const button = vscode.l10n.t('Read Images');
  const question = vscode.l10n.t('Read the images of the Kubernetes context "{0}"?', shown);
  const picked = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail: [detail, ...known].join('\n') },
    button,
    ...(references.hasClusters ? [forget] : []),
  );
  if (picked === forget) {
    await references.forgetClusters();
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The images read from Kubernetes clusters were forgotten and no longer protect any tags.'),
    );
  }
  if (picked !== button) return;
  const pods = await withProgress(vscode.l10n.t('Reading the Images of {0}', shown), async (signal) => {
    const bytes = await kubectl.pods(context, signal);
    const read = await reader.read({ kind: 'pods', bytes });
    signal.throwIfAborted();
    return read;
  });
  await references.setCluster(shown, pods, services.connections.clock.now());
  const images = new Set(
    pods.flatMap(({ found }) =>
      found.references.map(({ image }) => `${fullName(image)}:${image.tag ?? ''}@${image.digest ?? ''}`),
    ),
  );
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} pods of {1} refer to {2} images of Docker Hub, by tag or digest.',
      numberText(pods.length),
      shown,
      numberText(images.size),
    ),
  );
}

function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_, token) => {
      using cancel = abortSignal(token);
      // Awaited, or the signal would follow the token no longer.
      return await work(cancel.signal);
    },
  );
}
