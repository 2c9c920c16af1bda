/** The colors of the picture, as the theme has them. */
export interface BarColors {
  readonly keep: string;
  /** Hatched, so that it is told apart without its color. */
  readonly delete: CanvasPattern | string;
  readonly text: string;
  readonly line: string;
  /** A font as canvases want it. */
  readonly font: string;
}

/** Reads the colors of the theme that is on now. @param ratio pixels of the screen to one of CSS */
export function readBarColors(ratio: number): BarColors {
  const style = getComputedStyle(document.body);
  const color = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const text = color('--vscode-foreground', style.color);
  return {
    keep: color('--vscode-charts-blue', text),
    delete: hatched(color('--vscode-charts-red', text), color('--vscode-editor-background', 'transparent'), ratio),
    text,
    line: color('--vscode-editorWidget-border', color('--vscode-contrastBorder', text)),
    font: `${Math.round(11 * ratio)}px ${style.fontFamily}`,
  };
}

function hatched(color: string, ground: string, ratio: number): CanvasPattern | string {
  const canvas = document.createElement('canvas');
  const side = Math.max(4, Math.round(6 * ratio));
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return color;
  context.fillStyle = color;
  context.fillRect(0, 0, side, side);
  context.strokeStyle = ground;
  context.lineWidth = Math.max(1, ratio);
  // Three lines, so that the pattern closes at its corners.
  for (const shift of [-side, 0, side]) {
    context.beginPath();
    context.moveTo(shift, side);
    context.lineTo(shift + side, 0);
    context.stroke();
  }
  return context.createPattern(canvas, 'repeat') ?? color;
}
