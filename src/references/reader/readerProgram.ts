import { parentPort } from 'node:worker_threads';
import { decodeText } from '../files/decodeText.ts';
import { listFolder, type ListedPart } from '../files/listFolder.ts';
import { readPodImages } from '../parsers/podImages.ts';
import { readBytes } from './readBytes.ts';
import { readDiskFiles } from './readDiskFiles.ts';
import type { ReaderAnswer, ReaderAnswers, ReaderJob } from './readerJob.ts';
import { nothingFound } from './readReferences.ts';

/** Lists that are kept for their next part, at most; older ones were given up. */
const maxLists = 20;
const lists = new Map<string, AsyncGenerator<ListedPart, void>>();
let last: Promise<void> = Promise.resolve();

/** The program of the thread that lists and reads files, so that none holds the extension host, however many, large or hostile they are. One job at a time. */
parentPort!.on('message', (job: ReaderJob) => {
  last = last.then(async () => {
    let answer: ReaderAnswer;
    try {
      answer = { answer: await answerOf(job) };
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    parentPort!.postMessage(answer);
  });
});

parentPort!.postMessage('started' satisfies ReaderAnswer);

async function answerOf(job: ReaderJob): Promise<ReaderAnswers[keyof ReaderAnswers]> {
  switch (job.kind) {
    case 'pods':
      return readPodImages(decodeText(job.bytes));
    case 'files':
      return readDiskFiles(job);
    case 'list': {
      if (job.folder) {
        for (const list of [...lists.keys()].slice(0, -(maxLists - 1))) lists.delete(list);
        lists.set(job.list, listFolder(job.folder));
      }
      const { value } = (await lists.get(job.list)?.next()) ?? {};
      if (!value) throw new Error('There is no such list.');
      if (value.isLast) lists.delete(job.list);
      return value;
    }
    case 'file': {
      const { path, bytes, environments = [], namespaces = [] } = job;
      const found = readBytes({ path, bytes, namespaces, environments: environments.map(decodeText) });
      return found === 'binary' ? nothingFound : found;
    }
  }
}
