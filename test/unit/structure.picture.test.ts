// The README's picture shows what a terminal would: text in its cells, in its colours, and nothing of the escape codes.
import { expect, test } from 'vitest';
import { terminalSvg } from '../../scripts/ansi-svg.mjs';

const ESCAPE = '\u001b[';
const COLUMN = 8.4;
const draw = (text: string): string => terminalSvg(text, { title: 'a title', columns: 40 });
/** The attributes and text of each text element. */
const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text x="([\d.]+)"[^>]*?lengthAdjust="spacingAndGlyphs"([^>]*)>([^<]*)<\/text>/g)].map(
    ([, x, look = '', text]) => `${Math.round((Number(x) - 20) / COLUMN)}${look} ${text}`,
  );

test('text stands in its cell, whatever colours stand before it', () => {
  expect(texts(draw(`${ESCAPE}31m✘${ESCAPE}39m  short ${ESCAPE}1m20.1 %${ESCAPE}0m`))).toEqual([
    '0 fill="#f4707a" ✘',
    '3 short',
    '9 font-weight="700" 20.1 %',
  ]);
});

test('a style holds over lines until it ends', () => {
  expect(texts(draw(`${ESCAPE}2mone\r\ntwo${ESCAPE}22m three`))).toEqual([
    '0 opacity="0.65" one',
    '0 opacity="0.65" two',
    '4 three',
  ]);
});

test('the palette of 256 is known: the sixteen, the cube, the greys', () => {
  const svg = draw([1, 16, 231, 232].map(n => `${ESCAPE}38;5;${n}mx`).join(''));
  expect([...svg.matchAll(/fill="(#\w+)">x</g)].map(([, colour]) => colour)).toEqual([
    '#f4707a',
    '#000000',
    '#ffffff',
    '#080808',
  ]);
});

test('other escape codes are left out, and markup is text', () => {
  const svg = draw(`${ESCAPE}2K${ESCAPE}?25l<a> & b`);
  expect(texts(svg)).toEqual(['0 &lt;a&gt; &amp; b']);
  expect(svg).not.toContain('\u001b');
});

test('the picture is as wide as asked or as its longest line', () => {
  expect(draw('x')).toContain(`width="${Math.ceil(40 * COLUMN + 40)}"`);
  expect(draw('x'.repeat(60))).toContain(`width="${Math.ceil(60 * COLUMN + 40)}"`);
});
