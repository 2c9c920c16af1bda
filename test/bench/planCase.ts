import { atMost, type BenchCase } from './benchCase.ts';
import { median } from './median.ts';
import { countGoing, type PlanReport, type PlanTask } from './planTask.ts';
import { Worker } from './worker.ts';

const limit = 60_000;

/** Plans a list, a quarter of it attachments, by a policy with every rule on, each time in a new process: made ready and judged for the first time, and judged again. */
export function planCase({
  name,
  title,
  tags,
  runs,
  firstMs,
  againMs,
}: {
  name: string;
  title: string;
  tags: number;
  runs: number;
  firstMs: number;
  againMs: number;
}): BenchCase {
  return {
    name,
    title,
    async run({ say }) {
      const reports: PlanReport[] = [];
      for (let i = 1; i <= runs; i++) {
        await using worker = await Worker.start('planProcess.ts', { tags } satisfies PlanTask);
        reports.push(await worker.hear<PlanReport>(limit));
        say(
          `${name}: ${Math.round(reports.at(-1)!.firstMs)} ms, again ${Math.round(reports.at(-1)!.againMs)} ms (${i} of ${runs})`,
        );
      }
      const first = reports.map((report) => report.firstMs);
      const again = median(reports.map((report) => report.againMs));
      const expected = countGoing(tags);
      const wrong = Math.max(...reports.map(({ going }) => Math.abs(going - expected)));
      return {
        name,
        title,
        measured: median(first),
        runs: first,
        marks: [
          atMost('time', firstMs, median(first), `at most ${firstMs / 1000} s first`),
          atMost('time', againMs, again, `at most ${againMs / 1000} s again`),
          atMost('count', 0, wrong, 'exactly the tags that no rule keeps go', false),
        ],
        note: `again ${Math.round(again)} ms; time of the processor ${Math.round(median(reports.map(({ firstCpuMs }) => firstCpuMs)))} ms and ${Math.round(median(reports.map(({ againCpuMs }) => againCpuMs)))} ms; the event loop was held for ${Math.round(Math.max(...reports.map(({ longestStallMs }) => longestStallMs)))} ms at most`,
      };
    },
  };
}
