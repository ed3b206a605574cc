// The coverage grid as one file that needs nothing else: the editor's own page, with its data, and colours of its own.
import type { Report } from '../model/report';

/** What the page is made of: the bundles of `webview/grid`. */
export interface GridPageParts {
  readonly script: string;
  readonly style: string;
}

/** Prints the coverage of a report as an HTML page. */
export function printCoverageHtml(report: Report, { script, style }: GridPageParts): string {
  const message = { type: 'coverage', folder: '', report, moments: [] };
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(`Coverage of ${report.pipeline} on ${report.target}, as of ${report.asOf}`)}</title>
<style>
${COLOURS}
${style.replaceAll('</style', '<\\/style')}
</style>
</head>
<body>
<main id="page"></main>
<script type="application/json" id="coverage-data">${inScript(JSON.stringify(message))}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

/** JSON that ends no script: `<` may stand in names. */
function inScript(json: string): string {
  return json.replaceAll('<', '\\u003c');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** What an editor's theme would say, for the light and the dark that a system may ask for. */
const THEME: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  'editor-background': ['#ffffff', '#1f1f1f'],
  foreground: ['#3b3b3b', '#cccccc'],
  descriptionForeground: ['#5f5f5f', '#a0a0a0'],
  'widget-border': ['#e0e0e0', '#3c3c3c'],
  focusBorder: ['#005fb8', '#2f8fe8'],
  'button-background': ['#005fb8', '#0078d4'],
  'button-foreground': ['#ffffff', '#ffffff'],
  'button-secondaryBackground': ['#e5e5e5', '#313131'],
  'button-secondaryForeground': ['#3b3b3b', '#cccccc'],
  'button-secondaryHoverBackground': ['#cccccc', '#3c3c3c'],
  'gitDecoration-addedResourceForeground': ['#587c0c', '#81b88b'],
  'editorWarning-foreground': ['#895503', '#cca700'],
  'testing-iconFailed': ['#b00020', '#f88070'],
  'testing-iconPassed': ['#388a34', '#73c991'],
  'charts-purple': ['#652d90', '#b180d7'],
  'charts-orange': ['#d2600a', '#d18616'],
  'charts-yellow': ['#a68400', '#cca700'],
  'charts-blue': ['#1a85ff', '#3794ff'],
  'charts-red': ['#d0312d', '#f14c4c'],
};

function variables(of: 0 | 1): string {
  return Object.entries(THEME)
    .map(([name, colours]) => `  --vscode-${name}: ${colours[of]};`)
    .join('\n');
}

const COLOURS = `:root {
  color-scheme: light dark;
  --vscode-font-family: system-ui, sans-serif;
  --vscode-font-size: 13px;
${variables(0)}
}
@media (prefers-color-scheme: dark) {
:root {
${variables(1)}
}
}`;
