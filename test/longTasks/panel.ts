import { csvText } from '../../src/text/csvText.ts';
import { bytesOf } from '../../src/text/exportPieces.ts';
import { planCsvPieces, planJsonPieces } from '../../src/text/planExport.ts';
import { inSlices } from '../../src/async/inSlices.ts';
import { systemClock } from '../../src/async/clock.ts';
import { noUses } from '../../src/retention/plan/uses.ts';
import type { ShownPlan } from '../../src/editor/planPanel/planPort.ts';
import { firstControls, manyLists, openPanel } from '../unit/editor/planPanel/panelStage.ts';
import type { Measure } from './steps.ts';

const [repositories, tagsOfEach] = [5_000, 40];

/** The plan panel of 5,000 repositories with 40 tags each: everything that happens while somebody looks at it. */
export async function panelSteps(measure: Measure): Promise<void> {
  const lists = manyLists(repositories, tagsOfEach);
  const names = lists.sources.map(({ repository }) => repository);
  const { deletePlan } = await import('../../src/editor/planPanel/deletePlan.ts');
  let shown: ShownPlan | undefined;
  let asked: () => void = () => undefined;
  const remember = async (plan: ShownPlan): Promise<void> => {
    shown = plan;
    asked();
  };
  await using panel = await openPanel(names, { delete: remember });
  const keep = (): Promise<unknown> => panel.next('keep');
  /** A change by the page, up to the state that the page is given to keep. */
  const change = async (message: Parameters<typeof panel.say>[0]) => {
    const kept = keep();
    const { plan } = await panel.say(message, 'plan');
    await kept;
    return plan;
  };
  await measure('panel-5000: open', async () => {
    const kept = keep();
    await panel.show(lists);
    await kept;
  });
  await measure('panel-5000: change a rule', () =>
    change({ type: 'policy', controls: { ...firstControls, olderThan: '120 days' } }),
  );
  await measure('panel-5000: rule with a cap', () =>
    change({ type: 'policy', controls: { ...firstControls, maxDeletions: '1000' } }),
  );
  const { order } = await measure('panel-5000: other rule', () =>
    change({ type: 'policy', controls: { ...firstControls, keepNewest: '10' } }),
  );
  await measure('panel-5000: keep a tag', () => change({ type: 'pick', order, rows: [[3, 3]], first: 3, as: 'keep' }));
  await measure('panel-5000: undo', () => change({ type: 'undo' }));
  await measure('panel-5000: keep all', () =>
    change({ type: 'pick', order, rows: [[0, repositories * tagsOfEach - 1]], first: 0, as: 'keep' }),
  );
  await measure('panel-5000: undo that', () => change({ type: 'undo' }));
  for (const by of ['repository', 'name'] as const) {
    await measure(`panel-5000: sort by ${by}`, () =>
      change({ type: 'view', view: { by, descending: true, verdict: 'all', text: '' } }),
    );
  }
  const sorted = await measure('panel-5000: filter', () =>
    change({ type: 'view', view: { by: 'age', descending: true, verdict: 'all', text: '7' } }),
  );
  await measure('panel-5000: scroll', () =>
    panel.say({ type: 'rows', order: sorted.order, top: 20_000, rows: [20_000, 20_400] }, 'rows'),
  );
  await measure('panel-5000: sizes', () => panel.say({ type: 'measure', measure: 'size' }, 'plan'));
  const listedAgain = manyLists(repositories, tagsOfEach);
  const again = await measure('panel-5000: read again', async () => {
    const kept = keep();
    const plan = panel.next('plan');
    await panel.show(listedAgain);
    await kept;
    return (await plan).plan;
  });
  await new Promise<void>((resolve) => {
    asked = resolve;
    void panel.say({ type: 'delete', revision: again.revision }, 'said');
  });
  const { settled } = shown!;
  const references = { ready: async () => undefined, unsure: () => [], usesOf: () => noUses };
  const client = { now: () => Date.now(), clockSkew: 0 };
  const services = { references, connections: { client: () => client }, clock: systemClock };
  await measure('panel-5000: confirmation', () => deletePlan(services as never, {} as never, shown!));
  const emptied = await measure('panel-5000: delete all by hand', () =>
    change({ type: 'view', view: { by: 'age', descending: true, verdict: 'all', text: '' } }).then((plan) =>
      change({ type: 'pick', order: plan.order, rows: [[0, repositories * tagsOfEach - 1]], first: 0, as: 'delete' }),
    ),
  );
  await new Promise<void>((resolve) => {
    asked = resolve;
    void panel.say({ type: 'delete', revision: emptied.revision }, 'said');
  });
  await measure('panel-5000: confirm emptying', () => deletePlan(services as never, {} as never, shown!));
  await measure('panel-5000: as CSV', () => inSlices(bytesOf(planCsvPieces(settled, csvText, ({ kind }) => kind))));
  await measure('panel-5000: as JSON', () => inSlices(bytesOf(planJsonPieces(settled, {}))));
}
