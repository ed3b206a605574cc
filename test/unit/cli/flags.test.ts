// Flags and the width of a terminal, as they are taken from what somebody said and from what a terminal tells.
import { expect, test } from 'vitest';
import { pastInstantFlag } from '../../../src/cli/flags';
import { columnsOf } from '../../../src/cli/world';

test('a job began at an instant that has come: of what is still to come nothing can have been written', () => {
  expect(pastInstantFlag('2026-01-04T09:30:00Z')).toBe(Date.parse('2026-01-04T09:30:00Z'));
  expect(() => pastInstantFlag('2999-01-04T09:30:00Z')).toThrow(
    '2999-01-04T09:30:00Z is still to come, and nothing can have been written since: say when the job began, with the right zone.',
  );
  expect(() => pastInstantFlag('yesterday')).toThrow('yesterday is no instant');
});

test.each([
  [120, 120],
  [0, 80],
  [undefined, 80],
])('a terminal that tells %s columns has %d', (told, columns) => {
  expect(columnsOf(told)).toBe(columns);
});
