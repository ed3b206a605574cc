// A text is read once by each reader, however it is come by, as long as it is among the last that were asked for.
import { expect, test } from 'vitest';
import { ScriptCache } from '../../../src/scripts/script-cache';

test('a text is read once, even where there is nothing in it', () => {
  const cache = new ScriptCache();
  const texts: string[] = [];
  const reader = (text: string): number | undefined => {
    texts.push(text);
    return text === '' ? undefined : text.length;
  };
  expect(['abc', 'abc', '', '', 'abc'].map(text => cache.get(text, reader))).toEqual([3, 3, undefined, undefined, 3]);
  expect(texts).toEqual(['abc', '']);
});

test('readers do not share their answers', () => {
  const cache = new ScriptCache();
  expect(cache.get('abc', text => text.length)).toBe(3);
  expect(cache.get('abc', text => text.toUpperCase())).toBe('ABC');
});

test('of more than five hundred texts those are kept that were asked for last', () => {
  const cache = new ScriptCache();
  let reads = 0;
  const reader = (text: string): string => {
    reads++;
    return text;
  };
  cache.get('first', reader);
  for (let i = 0; i < 499; i++) cache.get(String(i), reader);
  cache.get('first', reader);
  expect(reads).toBe(500);
  cache.get('one more', reader); // the oldest, 0, goes
  cache.get('first', reader);
  expect(reads).toBe(501);
  cache.get('0', reader);
  expect(reads).toBe(502);
});

test('a reader that fails is asked again', () => {
  const cache = new ScriptCache();
  let fails = true;
  const reader = (text: string): string => {
    if (fails) throw new Error('not now');
    return text;
  };
  expect(() => cache.get('abc', reader)).toThrow('not now');
  fails = false;
  expect(cache.get('abc', reader)).toBe('abc');
});
