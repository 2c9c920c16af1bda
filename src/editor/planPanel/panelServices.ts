import type { RunServices } from '../runs/runServices.ts';
import type { PlanPanels } from './planPanels.ts';

/** What all commands work with: that of every feature below, and the plan panels. `createServices` puts it together. */
export interface PanelServices extends RunServices {
  readonly panels: PlanPanels;
}
