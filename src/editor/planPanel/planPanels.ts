import * as vscode from 'vscode';
import { pageHtml, pageResources } from './pageHtml.ts';
import { planPanelType } from './planPanelType.ts';
import type { PanelStart, PlanPanel } from './planPanel.ts';
import type { PlanLists, PlanPort } from './planPort.ts';

/** The plan panels of this window. They outlive it: a reload brings them back, so nothing here closes them. */
export class PlanPanels {
  readonly #extensionUri: vscode.Uri;
  readonly #open = new Set<PlanPanel>();

  /** @param extensionUri the folder of the extension, out of which pages load their files */
  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
  }

  /** The panel that has the focus, or else the only one there is. */
  get active(): PlanPanel | undefined {
    const open = [...this.#open];
    return open.find(({ panel }) => panel.active) ?? (open.length === 1 ? open[0] : undefined);
  }

  /** Opens a panel beside what is open, on lists that were read. @throws Error when a repository or a tag comes twice */
  async open(port: PlanPort, start: PanelStart, lists: PlanLists): Promise<void> {
    const column = vscode.window.tabGroups.activeTabGroup.activeTab
      ? vscode.ViewColumn.Beside
      : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(planPanelType, start.title, column, {});
    await (await this.#add(panel, port, start)).show(lists);
  }

  /** Fills a panel that a window left open, with lists that are read again. */
  async restore(panel: vscode.WebviewPanel, port: PlanPort, start: PanelStart): Promise<void> {
    await (await this.#add(panel, port, start)).read();
  }

  async #add(panel: vscode.WebviewPanel, port: PlanPort, start: PanelStart): Promise<PlanPanel> {
    const { PlanPanel } = await import('./planPanel.ts');
    const added = new PlanPanel(panel, port, start);
    this.#open.add(added);
    panel.onDidDispose(() => this.#open.delete(added));
    panel.title = start.title;
    // An icon of VS Code's own has the color of the theme; a picture would be black in the dark.
    panel.iconPath = new vscode.ThemeIcon('graph');
    panel.webview.options = { enableScripts: true, localResourceRoots: pageResources(this.#extensionUri) };
    panel.webview.html = pageHtml(panel.webview, this.#extensionUri, start.title);
    return added;
  }
}
