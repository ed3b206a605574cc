// What a terminal shows, as an SVG picture: text in a grid of cells, with the colours of its escape codes.

const COLUMN = 8.4; // width of a cell, in pixels, at the font size below
const ROW = 18; // height of a line, in pixels
const FONT_SIZE = 14;
const MARGIN = 20;
const BAR = 28; // height of the window's bar

/** The sixteen colours, in the order of their codes: eight, then their bright ones. Legible on BACKGROUND. */
const COLOURS = [
  ...['#5c6370', '#f4707a', '#8ccf7e', '#e5c76b', '#67b0e8', '#c47fd5', '#6cd0ca', '#d5dae0'],
  ...['#7a828e', '#ff8a92', '#a6e39a', '#f4d67a', '#84c0f4', '#d597e4', '#86e4de', '#ffffff'],
];
const FOREGROUND = '#d5dae0';
const BACKGROUND = '#161b22';

const ESCAPE = '\u001b';
const PIECES = new RegExp(`${ESCAPE}\\[([\\d;?]*[A-Za-z])|([^${ESCAPE}]+)`, 'g');

/**
 * Splits a line into runs of one style.
 * @param {string} line with SGR escape codes; any other escape code is left out
 * @param {{ colour?: string, bold: boolean, dim: boolean }} style that the line begins with; changed as codes are met
 */
function runsOf(line, style) {
  const runs = [];
  let column = 0;
  for (const [, codes, text] of line.matchAll(PIECES)) {
    if (text === undefined) {
      if (codes.endsWith('m')) applySgr(codes.slice(0, -1), style);
      continue;
    }
    const width = [...text].length;
    if (text.trim() !== '') runs.push({ text, column, width, ...style });
    column += width;
  }
  return { runs, width: column };
}

function applySgr(codes, style) {
  const numbers = codes === '' ? [0] : codes.split(';').map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i];
    if (code === 0) Object.assign(style, { colour: undefined, bold: false, dim: false });
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 22) Object.assign(style, { bold: false, dim: false });
    else if (code === 39) style.colour = undefined;
    else if (code >= 30 && code <= 37) style.colour = COLOURS[code - 30];
    else if (code >= 90 && code <= 97) style.colour = COLOURS[code - 90 + 8];
    else if (code === 38 && numbers[i + 1] === 5) {
      style.colour = colour256(numbers[i + 2]);
      i += 2;
    }
  }
}

/** A colour of the 256: the sixteen, a cube of 6 × 6 × 6, and greys. */
function colour256(n) {
  if (n < 16) return COLOURS[n];
  if (n >= 232) return hex([0, 0, 0].map(() => 8 + (n - 232) * 10));
  const level = part => (part === 0 ? 0 : 55 + part * 40);
  return hex([Math.floor((n - 16) / 36), Math.floor((n - 16) / 6) % 6, (n - 16) % 6].map(level));
}

const hex = parts => `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;
const escape = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const round = number => Number(number.toFixed(1));

/**
 * @param {string} output what the terminal was sent
 * @param {{ title: string, columns: number }} options the accessible title, and the least width in cells
 * @returns {string} the SVG document
 */
export function terminalSvg(output, { title, columns }) {
  const style = { colour: undefined, bold: false, dim: false };
  const lines = output
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .split('\n')
    .map(line => runsOf(line, style));
  const width = Math.ceil(Math.max(columns, ...lines.map(line => line.width)) * COLUMN + 2 * MARGIN);
  const height = BAR + lines.length * ROW + MARGIN;
  const texts = lines.flatMap(({ runs }, row) =>
    runs.map(run => {
      const lead = run.text.length - run.text.trimStart().length;
      const text = run.text.trim();
      const look = [
        run.colour === undefined ? '' : ` fill="${run.colour}"`,
        run.bold ? ' font-weight="700"' : '',
        run.dim ? ' opacity="0.65"' : '',
      ].join('');
      const x = round(MARGIN + (run.column + lead) * COLUMN);
      const y = BAR + row * ROW + FONT_SIZE;
      // The length is set, so that columns align in any monospaced font.
      const length = round([...text].length * COLUMN);
      return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${escape(text)}</text>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    ...['#f4707a', '#e5c76b', '#8ccf7e'].map(
      (colour, i) => `<circle cx="${MARGIN + i * 16}" cy="14" r="5" fill="${colour}"/>`,
    ),
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_SIZE}" fill="${FOREGROUND}" xml:space="preserve" style="white-space: pre">`,
    ...texts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
