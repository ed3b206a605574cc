// The colours of the states in the theme that is in use, and readable on its ground: a theme says nothing of what we call our states.
import type { DateState } from '../../src/model/coverage';
import type { Colours } from './paint';

/** A shape has to stand out from its ground by so much (WCAG 2.2, 1.4.11). */
const LEAST_CONTRAST = 3;

const VARIABLES: Readonly<Record<DateState, string>> = {
  complete: '--vscode-testing-iconPassed',
  stale: '--vscode-charts-purple',
  degraded: '--vscode-charts-orange',
  partial: '--vscode-charts-yellow',
  unknown: '--vscode-charts-blue',
  missing: '--vscode-charts-red',
};

type Rgb = readonly [red: number, green: number, blue: number];

/** The colours now; they are told to the page's style as `--state-…` as well. */
export function coloursNow(): Colours {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  const foreground = of('--vscode-foreground') || '#808080';
  const [ground, ink] = [rgbOf(of('--vscode-editor-background') || '#ffffff'), rgbOf(foreground)];
  const isHighContrast = document.body.className.includes('vscode-high-contrast');
  const told = (name: DateState | 'excluded', variable: string): string => {
    const chosen = isHighContrast ? foreground : of(variable) || foreground;
    const seen = readable(rgbOf(chosen), ground, ink);
    root.style.setProperty(`--state-${name}`, seen);
    return seen;
  };
  const colour = (state: DateState): string => told(state, VARIABLES[state]);
  return {
    complete: colour('complete'),
    stale: colour('stale'),
    degraded: colour('degraded'),
    partial: colour('partial'),
    unknown: colour('unknown'),
    missing: colour('missing'),
    excluded: told('excluded', '--vscode-descriptionForeground'),
    ground: of('--vscode-widget-border') || of('--vscode-panel-border') || foreground,
  };
}

/** A colour moved towards the ink until it can be told from the ground. */
function readable(colour: Rgb, ground: Rgb, ink: Rgb): string {
  for (let share = 0; share < 1; share += 0.1) {
    const mixed: Rgb = [mix(colour[0], ink[0], share), mix(colour[1], ink[1], share), mix(colour[2], ink[2], share)];
    if (contrast(mixed, ground) >= LEAST_CONTRAST) return `rgb(${mixed.join(' ')})`;
  }
  return `rgb(${ink.join(' ')})`;
}

function mix(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}

/** Contrast of two colours (WCAG 2.2, "contrast ratio"). */
function contrast(a: Rgb, b: Rgb): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const of = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * of(red) + 0.7152 * of(green) + 0.0722 * of(blue);
}

let one: CanvasRenderingContext2D | null | undefined;

/** A colour as the browser understands it, whichever way it is written. */
function rgbOf(text: string): Rgb {
  if (one === undefined) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1, 1];
    one = canvas.getContext('2d', { willReadFrequently: true });
  }
  if (one === null) return [128, 128, 128];
  one.clearRect(0, 0, 1, 1);
  one.fillStyle = text;
  one.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = one.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
