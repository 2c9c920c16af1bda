import { Findings, type FoundReferences } from '../images/foundReferences.ts';
import { parseImageName } from '../images/imageName.ts';

/** The images that a pod runs. */
export interface PodImages {
  /** `namespace/name` of the pod. */
  readonly pod: string;
  readonly found: FoundReferences;
}

/**
 * Reads what `kubectl get pods -A -o json` writes: the images that each pod's containers ask for, and what their status says that they run,
 * by digest. Positions mean nothing here.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 * @throws TypeError for what is no list of pods
 */
export function readPodImages(text: string): PodImages[] {
  const list = JSON.parse(text) as unknown;
  const items = field(list, 'items');
  if (!Array.isArray(items)) throw new TypeError('This is no list of pods.');
  return items.map((pod: unknown) => {
    const findings = new Findings(true);
    const add = (image: unknown): void =>
      typeof image === 'string' && image !== '' ? findings.addText(image, nowhere) : undefined;
    for (const kind of ['containers', 'initContainers', 'ephemeralContainers']) {
      for (const container of listOf(field(field(pod, 'spec'), kind))) add(field(container, 'image'));
    }
    for (const kind of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) {
      for (const status of listOf(field(field(pod, 'status'), kind))) {
        // An image that was loaded by hand, or never pulled, has an ID that names no repository: `docker://sha256:…`, `sha256:…`.
        const id = textOf(field(status, 'imageID')).replace(/^docker-pullable:\/\//, '');
        const image = id.includes('@') ? parseImageName(id) : undefined;
        if (image) findings.addImage(image, nowhere);
        const named = textOf(field(status, 'image'));
        if (!/^sha256:/.test(named)) add(named);
      }
    }
    const metadata = field(pod, 'metadata');
    return { pod: `${textOf(field(metadata, 'namespace'))}/${textOf(field(metadata, 'name'))}`, found: findings.found };
  });
}

const nowhere = { line: 1, column: 1 };

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
