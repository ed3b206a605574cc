// Offsets of a text as lines, counted from 1, as editors count them.

/** Gives the line of an offset of `text`. A line ends at \n, \r or both. */
export function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (const end of text.matchAll(/\r\n?|\n/g)) starts.push(end.index + end[0].length);
  return offset => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
