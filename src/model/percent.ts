// Shares and counts as people read them: one decimal, and never a rounding that hides something missing or something there.

/** `part` of `whole` as a percentage such as `44.0 %`; `–` where the whole is nothing. Never `100.0 %` unless all, never `0.0 %` unless none. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '–';
  if (part === whole) return '100.0 %';
  if (part === 0) return '0.0 %';
  const tenths = Math.round((part / whole) * 1000);
  const shown = part < whole ? Math.min(999, Math.max(1, tenths)) : Math.max(1001, tenths);
  return `${(shown / 10).toFixed(1)} %`;
}

/** A threshold's share as it was meant: `95 %`, `99.5 %`. */
export function formatThreshold(share: number): string {
  return `${Number((share * 100).toFixed(6))} %`;
}

/** A number with thousands separators and at most three decimals: `119,632`. Loading the locale's rules would take as long as a query. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return count === Infinity ? '∞' : count === -Infinity ? '-∞' : 'NaN';
  const [whole = '', decimals = ''] = Math.abs(count).toFixed(3).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  const kept = decimals.replace(/0+$/, '');
  const sign = count < 0 && (kept !== '' || /[1-9]/.test(whole)) ? '-' : '';
  return `${sign}${grouped}${kept === '' ? '' : `.${kept}`}`;
}

/** A count with its noun: `1 date`, `1,204 dates`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
