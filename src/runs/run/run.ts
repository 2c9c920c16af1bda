import { setImmediate as turn } from 'node:timers/promises';
import type { Batch } from '../../retention/plan/batch.ts';
import type { Stop } from '../outcome/outcome.ts';
import { runRepository } from './repositoryRun.ts';
import type { RunEvent } from '../outcome/runEvent.ts';
import type { RunParts } from './runParts.ts';
import { stopReasonFromSignal } from './stopReasonFromSignal.ts';

export type { RunEvent, RunParts };

/** Events after which others have their turn: of 200,000 tags that are not reached any more, all come at once. */
const eventsATurn = 100;

/**
 * Carries a confirmed batch out, one repository after the other, oldest tags first, and yields what happens. Never throws for what a server
 * or a network does: that ends as an outcome of each planned tag (invariants 6 and 11).
 */
export async function* run(batch: Batch, parts: RunParts): AsyncGenerator<RunEvent, void> {
  let events = 0;
  for await (const event of carryOut(batch, parts)) {
    parts.journal.note(event);
    yield event;
    if (++events % eventsATurn === 0) await turn();
  }
}

async function* carryOut(batch: Batch, parts: RunParts): AsyncGenerator<RunEvent, void> {
  let stopped: Stop | undefined;
  for (const plan of batch.plans) {
    if (plan.going.length === 0) continue;
    const { repository } = plan;
    if (!stopped && parts.signal.aborted) {
      stopped = { reason: stopReasonFromSignal(parts.signal) };
      yield { type: 'stopped', stop: stopped };
    }
    if (stopped) {
      for (const tag of plan.going) {
        yield { type: 'outcome', repository, tag, outcome: { kind: 'notReached', reason: stopped.reason } };
      }
      continue;
    }
    yield { type: 'repository', repository, planned: plan.going.length };
    for await (const event of runRepository(plan, parts)) {
      yield event;
      if (event.type === 'stopped' && !event.stop.repository) stopped = event.stop;
    }
  }
}
