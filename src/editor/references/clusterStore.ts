import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { Doubt, ImageReference } from '../../references/images/foundReferences.ts';
import { isOnDockerHub, parseImageName, type ImageName } from '../../references/images/imageName.ts';
import type { PodImages } from '../../references/parsers/podImages.ts';

const key = 'clusterImages';
/** Clusters that are kept, those that were read last. */
const maxClusters = 10;
/** Images and doubts of one cluster that are kept, together; of more, none is, and that is reported. */
const maxEntries = 5_000;
/** Pods that are named for each image. */
const maxPods = 3;

/** What was read from a Kubernetes context. */
export interface ClusterReading {
  /** Its name; plain text. */
  readonly context: string;
  /** When it was read (ms since the epoch). */
  readonly readAt: number;
  /** Missing where it was too much to be kept over a reload of the window: what it protects is not known any more. */
  readonly pods?: readonly PodImages[];
}

/** What of clusters outlives a reload of the window. */
export interface ClusterReadings {
  readonly readings: readonly ClusterReading[];
  /** Whether something was kept that cannot be read. */
  readonly isBroken: boolean;
}

const text = v.pipe(v.string(), v.maxLength(1000));
const pods = v.pipe(v.array(text), v.minLength(1), v.maxLength(maxPods));
const stored = v.object({
  version: v.literal(1),
  clusters: v.pipe(
    v.array(
      v.object({
        context: text,
        readAt: v.pipe(v.number(), v.finite()),
        /** References as they are written in full, each with the first pods that have it. */
        images: v.optional(v.pipe(v.array(v.tuple([text, pods])), v.maxLength(maxEntries))),
        doubts: v.optional(
          v.pipe(
            v.array(
              v.object({
                kind: v.picklist(['unresolved', 'overridable', 'unreadable']),
                text,
                pattern: v.optional(text),
                pods,
              }),
            ),
            v.maxLength(maxEntries),
          ),
        ),
      }),
    ),
    v.maxLength(maxClusters),
  ),
});

type Stored = v.InferOutput<typeof stored>;
type StoredCluster = Stored['clusters'][number];

/** Keeps what was read from clusters in the state of the workspace: a window that is loaded again must not protect less than before. */
export class ClusterStore {
  readonly #memento: vscode.Memento;

  /** @param memento the state of the workspace */
  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  /** What is kept. Never throws: what cannot be read is reported as such. */
  load(): ClusterReadings {
    const value = this.#memento.get<unknown>(key);
    if (value === undefined) return { readings: [], isBroken: false };
    const parsed = v.safeParse(stored, value);
    if (!parsed.success) return { readings: [], isBroken: true };
    const readings = parsed.output.clusters.map(readingOf);
    return { readings: readings.filter((reading) => reading !== undefined), isBroken: readings.includes(undefined) };
  }

  /** Keeps these readings instead of all others; of more than ten, those that were read last. @throws what VS Code throws */
  async save(readings: readonly ClusterReading[]): Promise<void> {
    const clusters = [...readings]
      .sort((a, b) => b.readAt - a.readAt)
      .slice(0, maxClusters)
      .map(storedCluster);
    await this.#memento.update(key, clusters.length > 0 ? ({ version: 1, clusters } satisfies Stored) : undefined);
  }
}

function storedCluster({ context, readAt, pods: read }: ClusterReading): StoredCluster {
  if (!read) return { context, readAt };
  const images = new Map<string, string[]>();
  const doubts = new Map<string, Omit<Doubt, 'line' | 'column'> & { pods: string[] }>();
  for (const { pod, found } of read) {
    for (const { image } of found.references) addPod(images, imageText(image), pod);
    for (const { kind, text, pattern } of found.doubts) {
      const id = JSON.stringify([kind, text, pattern]);
      const known = doubts.get(id) ?? { kind, text, ...(pattern !== undefined && { pattern }), pods: [] };
      doubts.set(id, known);
      if (known.pods.length < maxPods) known.pods.push(pod);
    }
    if (images.size + doubts.size > maxEntries) return { context, readAt };
  }
  return { context, readAt, images: [...images], doubts: [...doubts.values()] };
}

function addPod(images: Map<string, string[]>, image: string, pod: string): void {
  const known = images.get(image) ?? [];
  images.set(image, known);
  if (known.length < maxPods) known.push(pod);
}

/** @returns `undefined` where an image is none */
function readingOf({ context, readAt, images, doubts = [] }: StoredCluster): ClusterReading | undefined {
  if (!images) return { context, readAt };
  const byPod = new Map<string, { references: ImageReference[]; doubts: Doubt[] }>();
  const ofPod = (pod: string) => {
    const known = byPod.get(pod) ?? { references: [], doubts: [] };
    byPod.set(pod, known);
    return known;
  };
  for (const [written, names] of images) {
    const image = parseImageName(written);
    if (!image || !isOnDockerHub(image)) return undefined;
    for (const pod of names) ofPod(pod).references.push({ image, ...nowhere });
  }
  for (const { kind, text, pattern, pods: names } of doubts) {
    for (const pod of names) {
      ofPod(pod).doubts.push({ kind, text, ...(pattern !== undefined && { pattern }), ...nowhere });
    }
  }
  return { context, readAt, pods: [...byPod].map(([pod, found]) => ({ pod, found })) };
}

/** With its registry, so that a namespace with a dot is not read as one. */
function imageText({ registry, namespace, name, tag, digest }: ImageName): string {
  return `${registry}/${namespace}/${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Positions mean nothing in what a cluster says. */
const nowhere = { line: 1, column: 1 };
