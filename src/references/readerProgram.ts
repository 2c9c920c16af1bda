import { parentPort } from 'node:worker_threads';
import { readPodImages } from './podImages.ts';
import type { ReaderAnswer, ReaderJob } from './readerJob.ts';
import { readReferences } from './readReferences.ts';

/** The program of the thread that reads files, so that none holds the extension host, however large or hostile it is. */
parentPort!.on('message', (job: ReaderJob) => {
  let answer: ReaderAnswer;
  try {
    answer = { answer: answerOf(job) };
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  parentPort!.postMessage(answer);
});

parentPort!.postMessage('started' satisfies ReaderAnswer);

function answerOf(job: ReaderJob) {
  if (job.kind === 'pods') return readPodImages(decoded(job.bytes));
  return readReferences({ path: job.path, text: decoded(job.bytes), ...(job.environment && { environments: [decoded(job.environment)] }) });
}

/** UTF-8, or UTF-16 where the file says so; a byte order mark goes. */
function decoded(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
