/** How VS Code knows a plan panel again after a reload of the window. */
export const planPanelType = 'dockerHubPruner.plan';
