import { Worker } from 'node:worker_threads';
import type { ReaderAnswer, ReaderAnswers, ReaderJob } from './readerJob.ts';

/** Why a job came to nothing. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError';
  /** It took too long; the thread broke down; what it was given made no sense. */
  readonly reason: 'tooLong' | 'broken' | 'wrong';

  constructor(reason: ReaderError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Limits of a thread, in milliseconds. */
export interface ReaderLimits {
  /** Longest time for one job, default 10 s; the thread is then ended, and the next job has a new one. */
  readonly job?: number;
  /** So long without a job the thread goes on, default 10 s. */
  readonly idle?: number;
}

/** Longest time (ms) that a thread takes to start, which counts for no job. */
const longestStart = 60_000;

interface Waiting {
  readonly job: ReaderJob;
  readonly resolve: (answer: ReaderAnswers[keyof ReaderAnswers]) => void;
  readonly reject: (error: ReaderError) => void;
}

/**
 * Reads files in a thread of its own, which is started for the first job and ended when there is none for a while. Parsers that take long for
 * a hostile file so hold nobody up, and are ended.
 */
export class ReaderThread implements Disposable {
  readonly #program: string | URL;
  readonly #limits: Required<ReaderLimits>;
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasStarted = false;
  #disposed = false;

  /** @param program the file of `readerProgram` */
  constructor(program: string | URL, limits: ReaderLimits = {}) {
    this.#program = program;
    this.#limits = { job: 10_000, idle: 10_000, ...limits };
  }

  /** Whether a thread is there. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Does a job after those that were asked for before. @throws ReaderError */
  read<K extends ReaderJob['kind']>(job: ReaderJob & { readonly kind: K }): Promise<ReaderAnswers[K]> {
    return new Promise((resolve, reject) => {
      if (this.#disposed) return reject(new ReaderError('broken', 'The reader has ended.'));
      this.#waiting.push({ job, resolve: resolve as Waiting['resolve'], reject });
      const worker = this.#worker;
      if (worker) worker.postMessage(job);
      else this.#start();
      if (this.#waiting.length === 1) this.#watch();
    });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#end();
    for (const { reject } of this.#waiting.splice(0)) reject(new ReaderError('broken', 'The reader has ended.'));
  }

  #start(): void {
    const worker = new Worker(this.#program, { resourceLimits: { maxOldGenerationSizeMb: 512 } });
    this.#worker = worker;
    this.#hasStarted = false;
    worker.unref();
    worker.on('message', (answer: ReaderAnswer) => this.#worker === worker && this.#answered(answer));
    worker.on(
      'error',
      (error: Error) => this.#worker === worker && this.#failed(new ReaderError('broken', error.message)),
    );
    worker.on(
      'exit',
      () => this.#worker === worker && this.#failed(new ReaderError('broken', 'The reader ended by itself.')),
    );
    for (const { job } of this.#waiting) worker.postMessage(job);
  }

  #answered(answer: ReaderAnswer): void {
    if (answer === 'started') {
      this.#hasStarted = true;
      this.#watch();
      return;
    }
    const done = this.#waiting.shift();
    this.#watch();
    if (!done) return;
    if ('answer' in answer) done.resolve(answer.answer);
    else done.reject(new ReaderError('wrong', answer.error));
  }

  /** The job at the head brought the thread down, or took too long; the others have a new one. */
  #failed(error: ReaderError): void {
    this.#end();
    const done = this.#waiting.shift();
    if (this.#waiting.length > 0) {
      this.#start();
      this.#watch();
    }
    done?.reject(error);
  }

  /** Gives the job at the head its time, or the thread without a job. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [head] = this.#waiting;
    const ofJob = this.#hasStarted ? this.#limits.job : longestStart;
    this.#timer = setTimeout(
      () => {
        // After a machine has slept, the answer may be there already.
        setImmediate(() => {
          if (this.#waiting[0] !== head) return;
          if (head) this.#failed(new ReaderError('tooLong', `It takes longer than ${this.#limits.job} ms.`));
          else this.#end();
        });
      },
      head ? ofJob : this.#limits.idle,
    );
    this.#timer.unref?.();
  }

  #end(): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}
