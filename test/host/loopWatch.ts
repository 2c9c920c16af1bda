import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';

/** What the event loop of this process was held by, in ms. */
export interface LoopFigures {
  /** The longest time in which no timer had its turn; what others on the machine take from this process counts. */
  readonly longestTaskMs: number;
  /** The longest of these times but for one in a hundred. */
  readonly p99Ms: number;
  /** The most time of the processor that this thread took between two turns of a timer: a busy machine does not make it longer. Missing before Node 23.9. */
  readonly longestCpuMs?: number;
  /** The longest break that the garbage collector made. */
  readonly longestGcMs: number;
}

/** Timers are looked at so often (ms), which is what an idle loop comes to. */
const resolution = 1;

/** Watches the event loop from now on. @returns ends it, and gives the figures */
export function watchLoop(): () => LoopFigures {
  const histogram = monitorEventLoopDelay({ resolution });
  let [longestCpu, last] = [0, threadCpuMs()];
  const look = () => {
    const now = threadCpuMs();
    longestCpu = Math.max(longestCpu, now - last);
    last = now;
  };
  let longestGc = 0;
  const collections = new PerformanceObserver((list) =>
    list.getEntries().forEach(({ duration }) => (longestGc = Math.max(longestGc, duration))),
  );
  collections.observe({ entryTypes: ['gc'] });
  const looking = setInterval(look, resolution);
  histogram.enable();
  return () => {
    look();
    clearInterval(looking);
    histogram.disable();
    collections.disconnect();
    const rounded = (ms: number) => Math.round(10 * ms) / 10;
    return {
      longestTaskMs: rounded(histogram.max / 1e6),
      p99Ms: rounded(histogram.percentile(99) / 1e6),
      ...(!Number.isNaN(longestCpu) && { longestCpuMs: rounded(longestCpu) }),
      longestGcMs: rounded(longestGc),
    };
  };
}

function threadCpuMs(): number {
  const usage = (process as { threadCpuUsage?: () => NodeJS.CpuUsage }).threadCpuUsage?.();
  return usage ? (usage.user + usage.system) / 1000 : NaN;
}
