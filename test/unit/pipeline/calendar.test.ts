// Calendars by rule 4: what a schedule does not tell is uncertain, and never silently no date.
import { describe, expect, test } from 'vitest';
import type { Day } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';
import type { TableReading } from '../../../src/model/facts';
import { type FigureId, figureId } from '../../../src/model/figures';
import { type ResolvedCalendar, defaultRange, resolveCalendar } from '../../../src/pipeline/calendar';
import { calendarFigures, figuresOfCalendar } from '../../../src/pipeline/calendar-figures';
import type { Calendar } from '../../../src/pipeline/pipeline';
import {
  type GivenRows,
  day,
  days,
  everyDay,
  gap,
  iso,
  measured,
  range,
  regular,
  scheduleOf,
  season,
} from './calendars';

const OCTOBER = season('2024-25', '2024-10-01', '2024-10-31');

interface Given {
  readonly calendar?: Calendar;
  readonly reading?: TableReading | undefined;
  readonly before?: DaySet;
  readonly asOf?: string;
  readonly range?: readonly [string, string];
}

/** The October season as of 2024-11-15, unless said otherwise. */
function resolve(given: Given): ResolvedCalendar {
  const [from, to] = given.range ?? ['2024-10-01', '2024-11-15'];
  return resolveCalendar(
    given.calendar ?? measured({ seasons: [OCTOBER] }),
    given.reading,
    given.before ?? DaySet.empty,
    { from: 'manifest', day: day(given.asOf ?? '2024-11-15') },
    range(from, to),
  );
}

function october(rows: Readonly<Record<string, number | GivenRows>>, more: Partial<Given> = {}): ResolvedCalendar {
  const calendar = more.calendar ?? measured({ seasons: [OCTOBER] });
  if (calendar.kind !== 'measured') throw new Error('a regular calendar has no rows');
  return resolve({ ...more, calendar, reading: scheduleOf(calendar, rows) });
}

function uncertain(calendar: ResolvedCalendar): readonly string[] {
  return iso(DaySet.of(calendar.uncertain.keys()));
}

/** Findings as `severity date …: message` lines. */
function findings(calendar: ResolvedCalendar): readonly string[] {
  return calendar.findings.map(({ severity, dates, message }) => `${severity} [${iso(dates).join(', ')}] ${message}`);
}

describe('a regular calendar', () => {
  test('of every day is scheduled on every day of the range, those before its start excepted', () => {
    const calendar = resolve({ calendar: regular({ start: day('2024-11-10') }) });
    expect(iso(calendar.scheduled)).toEqual(['2024-11-10 → 2024-11-15']);
    expect(iso(calendar.held)).toEqual(['2024-11-10 → 2024-11-14']);
    expect(calendar.findings).toEqual([]);
  });

  test('of weekdays leaves out Saturday and Sunday', () => {
    const calendar = resolve({ calendar: regular({ days: 'weekdays' }), range: ['2024-11-01', '2024-11-12'] });
    expect(iso(calendar.scheduled)).toEqual(['2024-11-01', '2024-11-04 → 2024-11-08', '2024-11-11 → 2024-11-12']);
  });

  test('with seasons is scheduled inside them only, and says so where the last one is over', () => {
    const calendar = resolve({ calendar: regular({ seasons: [OCTOBER] }) });
    expect(iso(calendar.scheduled)).toEqual(['2024-10-01 → 2024-10-31']);
    expect(calendar.notes).toEqual(['calendar every-day declares no season after 2024-25: later days are off-days']);
  });
});

describe('a measured calendar', () => {
  test('asks for rows held, called off and both, and for its units', () => {
    const calendar = measured({
      units: new Map([
        ['games', { measure: 'count' }],
        ['arenas', { measure: 'distinct', column: 'arena' }],
        ['seats', { measure: 'sum', column: 'seats' }],
      ]),
    });
    expect(calendarFigures(calendar).map(figureId)).toEqual([
      'count where sql("status = 3" is true)',
      'count where sql("status in (4, 5)" is true)',
      'count where all(sql("status = 3" is true);sql("status in (4, 5)" is true))',
      'count where sql("status = 3" is true)',
      'distinct("arena") where all(sql("status = 3" is true);filled("arena"))',
      'sum("seats" as number) where sql("status = 3" is true)',
    ]);
    expect(calendarFigures(regular())).toEqual([]);
  });

  test('without `where` holds every row that is not clearly called off', () => {
    expect(calendarFigures(measured({ where: undefined, notHeld: undefined, units: new Map() })).map(figureId)).toEqual(
      ['count'],
    );
    expect(calendarFigures(measured({ where: undefined, units: new Map() })).map(figureId)).toEqual([
      'count where sql("status in (4, 5)" is false)',
      'count where sql("status in (4, 5)" is true)',
    ]);
  });

  test('without any condition needs nothing but the rows of a date', () => {
    const calendar = measured({ where: undefined, notHeld: undefined, units: new Map(), seasons: [OCTOBER] });
    const reading = scheduleOf(calendar, everyDay('2024-10-01', '2024-10-31'));
    if (reading.state !== 'measured') throw new Error('measured');
    const bare: TableReading = { state: 'measured', facts: { ...reading.facts, values: new Map() } };
    expect(iso(resolve({ calendar, reading: bare }).held)).toEqual(['2024-10-01 → 2024-10-31']);
  });

  test('expects held dates, and no called-off ones', () => {
    const calendar = october({
      ...everyDay('2024-10-01', '2024-10-31'),
      '2024-10-05': { notHeld: 3 },
      '2024-10-06': { held: 1, notHeld: 2 },
    });
    expect(iso(calendar.scheduled)).toEqual(['2024-10-01 → 2024-10-04', '2024-10-06 → 2024-10-31']);
    expect(calendar.uncertain.size).toBe(0);
    expect(calendar.findings).toEqual([]);
  });

  test('tells the units of held dates', () => {
    const calendar = october({ ...everyDay('2024-10-01', '2024-10-31', 7), '2024-10-05': { neither: 3 } });
    expect(calendar.units(day('2024-10-04'), 'games')).toBe(7);
    expect(calendar.units(day('2024-10-05'), 'games')).toBeUndefined();
    expect(calendar.units(day('2024-11-04'), 'games')).toBeUndefined();
    expect(calendar.units(day('2024-10-04'), 'sessions')).toBeUndefined();
  });

  test('clips seasons to the range, and keeps them whole for what counts from their start', () => {
    const calendar = october(everyDay('2024-10-01', '2024-10-31'), { range: ['2024-10-20', '2024-12-01'] });
    expect(calendar.seasons).toEqual([{ id: '2024-25', range: range('2024-10-20', '2024-10-31') }]);
    expect(calendar.wholeSeasons).toEqual([OCTOBER.range]);
  });
});

describe('rule 4: a schedule that does not tell', () => {
  const whole = everyDay('2024-10-01', '2024-10-31');

  test.each<[string, TableReading | undefined, string]>([
    ['not measured', undefined, 'it was not measured'],
    ['absent', { state: 'absent', knownBefore: false, message: 'no such file' }, 'it is not there: no such file'],
    ['unreadable', { state: 'unreadable', message: 'locked' }, 'it could not be read: locked'],
    ['empty', scheduleOf(measured(), {}), 'it holds no rows'],
    [
      'of nothing but rows without a date',
      scheduleOf(measured(), {}, { strays: { withoutDate: 53 } }),
      'it holds no rows but 53 without a date that can be read',
    ],
  ])('%s leaves every due day of every season uncertain', (_, reading, reason) => {
    const calendar = resolve({ reading, asOf: '2024-10-20' });
    expect(uncertain(calendar)).toEqual(['2024-10-01 → 2024-10-19']);
    expect(iso(calendar.scheduled)).toEqual(['2024-10-01 → 2024-10-31']);
    expect(calendar.uncertain.get(day('2024-10-05'))).toBe(reason);
    expect(findings(calendar)).toEqual([
      `error [] calendar game-days (raw.schedule): ${reason}. No date can be told until it is mended: correct the calendar, or load it`,
    ]);
  });

  test('absent and without seasons, leaves every due day of the range uncertain', () => {
    const calendar = resolve({
      calendar: measured(),
      reading: { state: 'unreadable', message: 'locked' },
      range: ['2024-10-10', '2024-10-25'],
      asOf: '2024-10-20',
    });
    expect(uncertain(calendar)).toEqual(['2024-10-10 → 2024-10-19']);
    expect(calendar.wholeSeasons).toEqual([]);
  });

  test('whose condition names a column that is gone is not believed', () => {
    const calendar = measured({ seasons: [OCTOBER] });
    const reading = scheduleOf(calendar, whole);
    if (reading.state !== 'measured') throw new Error('measured');
    const unmeasured = new Map([
      [
        figureId(figuresOfCalendar(calendar).held),
        { reason: 'absent-column' as const, columns: ['status'], nearest: 'state' },
      ],
    ]);
    const resolved = resolve({ calendar, reading: { state: 'measured', facts: { ...reading.facts, unmeasured } } });
    expect(uncertain(resolved)).toEqual(['2024-10-01 → 2024-10-31']);
    expect(resolved.uncertain.get(day('2024-10-01'))).toBe(
      'its where could not be evaluated: raw.schedule has no column status (the nearest is state)',
    );
  });

  test('whose notHeld fails is believed for what was held only', () => {
    const calendar = measured({ seasons: [OCTOBER] });
    const reading = scheduleOf(calendar, { ...whole, '2024-10-05': { notHeld: 2 } });
    if (reading.state !== 'measured') throw new Error('measured');
    const { notHeld, both } = figuresOfCalendar(calendar);
    const lost = [notHeld, both].flatMap(each => (each === undefined ? [] : [figureId(each)]));
    const values = new Map([...reading.facts.values].filter(([id]) => !lost.includes(id)));
    const unmeasured = new Map<FigureId, { reason: 'failed'; message: string }>(
      lost.map(id => [id, { reason: 'failed', message: 'no function f' }]),
    );
    const resolved = resolve({
      calendar,
      reading: { state: 'measured', facts: { ...reading.facts, values, unmeasured } },
    });
    expect(uncertain(resolved)).toEqual(['2024-10-05']);
    expect(resolved.findings.map(finding => finding.severity)).toEqual(['error', 'error']);
  });

  test('with past-due rows that are neither held nor called off is uncertain of these dates', () => {
    const calendar = october({ ...whole, '2024-10-05': { neither: 2 }, '2024-10-06': { neither: 1, notHeld: 4 } });
    expect(uncertain(calendar)).toEqual(['2024-10-05 → 2024-10-06']);
    expect(calendar.uncertain.get(day('2024-10-05'))).toBe('2 rows neither held nor called off');
    expect(calendar.held.has(day('2024-10-05'))).toBe(false);
    expect(findings(calendar)).toEqual([
      'error [2024-10-05 → 2024-10-06] calendar game-days (raw.schedule): 2 past-due dates with rows that are neither held nor called off: 2024-10-05 → 2024-10-06 (2). Load the final status, or widen where or notHeld',
    ]);
  });

  test('expects a date on the rows that were held, with a warning that there are others', () => {
    const calendar = october({ ...whole, '2024-10-05': { held: 3, neither: 1 } });
    expect(calendar.held.has(day('2024-10-05'))).toBe(true);
    expect(calendar.units(day('2024-10-05'), 'games')).toBe(3);
    expect(calendar.uncertain.size).toBe(0);
    expect(findings(calendar)).toEqual([
      'warn [2024-10-05] calendar game-days (raw.schedule): 1 past-due date with some rows held and others neither held nor called off: 2024-10-05. They are expected with the rows that were held',
    ]);
  });

  test('takes rows said to be both held and called off for held, with a warning', () => {
    const calendar = october({ ...whole, '2024-10-05': { both: 1 } });
    expect(calendar.held.has(day('2024-10-05'))).toBe(true);
    expect(calendar.findings.map(({ severity, dates }) => [severity, iso(dates)])).toEqual([['warn', ['2024-10-05']]]);
  });

  test('does not ask of a date that is not due whether it was held', () => {
    const calendar = october(
      { ...everyDay('2024-10-01', '2024-10-09'), '2024-10-10': { neither: 3 }, '2024-10-31': { neither: 1 } },
      { asOf: '2024-10-10' },
    );
    expect(calendar.uncertain.size).toBe(0);
    expect(calendar.findings).toEqual([]);
    expect(iso(calendar.scheduled)).toEqual(['2024-10-01 → 2024-10-10', '2024-10-31']);
  });

  test('that has no row of a season that has begun is uncertain of all its due days', () => {
    const next = season('2025-26', '2024-11-01', '2024-11-30');
    const calendar = october(whole, { calendar: measured({ seasons: [OCTOBER, next] }) });
    expect(uncertain(calendar)).toEqual(['2024-11-01 → 2024-11-14']);
    expect(findings(calendar)).toEqual([
      "error [2024-11-01 → 2024-11-14] calendar game-days (raw.schedule): season 2025-26 has begun on 2024-11-01 and has no rows: load the schedule, or correct the season's dates",
    ]);
  });

  test('is not asked for a season that has not begun', () => {
    const next = season('2025-26', '2024-12-01', '2025-06-30');
    const calendar = october(whole, { calendar: measured({ seasons: [OCTOBER, next] }) });
    expect(calendar.findings).toEqual([]);
    expect(calendar.uncertain.size).toBe(0);
  });

  test('that stops inside a season is uncertain of the due days after its last row', () => {
    const calendar = october(everyDay('2024-10-01', '2024-10-12'), { asOf: '2024-10-20' });
    expect(uncertain(calendar)).toEqual(['2024-10-13 → 2024-10-19']);
    expect(iso(calendar.scheduled)).toEqual(['2024-10-01 → 2024-10-31']);
    expect(findings(calendar)).toEqual([
      "error [2024-10-13 → 2024-10-19] calendar game-days (raw.schedule): has no rows after 2024-10-12, the season runs to 2024-10-31: load the schedule, or set the season's end",
    ]);
  });

  test.each([
    ['is cut off where the pause is longer than any in the season', '2024-10-12', ['2024-10-13 → 2024-10-31']],
    ['is only generous with its end otherwise', '2024-10-28', []],
  ])('and goes on with the next season %s', (_, last, expected) => {
    const next = season('2025-26', '2024-11-01', '2024-11-10');
    const calendar = october(
      { ...everyDay('2024-10-01', last), ...everyDay('2024-11-01', '2024-11-10') },
      { calendar: measured({ seasons: [OCTOBER, next] }) },
    );
    expect(uncertain(calendar)).toEqual(expected);
  });

  test.each([
    ['names the days as off-days', '2024-10-03', [], 'warn'],
    [
      'is uncertain of them where they are more than an ordinary pause',
      '2024-10-15',
      ['2024-10-01 → 2024-10-14'],
      'error',
    ],
  ])('that begins later than its season %s', (_, first, expected, severity) => {
    const calendar = october(everyDay(first, '2024-10-31'));
    expect(uncertain(calendar)).toEqual(expected);
    expect(calendar.findings.map(finding => finding.severity)).toEqual([severity]);
  });

  test('without seasons has stopped when it pauses for longer than ever before', () => {
    const rows = { ...everyDay('2024-09-01', '2024-09-10'), ...everyDay('2024-10-01', '2024-10-10') };
    const stopped = october(rows, { calendar: measured(), asOf: '2024-11-15' });
    expect(uncertain(stopped)).toEqual(['2024-10-11 → 2024-11-14']);
    expect(stopped.scheduled.has(day('2024-11-15'))).toBe(true);
    expect(findings(stopped)[0]).toContain('no rows after 2024-10-10, longer than any pause before (21 days)');
    const pausing = october(rows, { calendar: measured(), asOf: '2024-10-31' });
    expect(pausing.uncertain.size).toBe(0);
    expect(pausing.findings).toEqual([]);
  });

  test('does not forget a date that was held when it was measured before', () => {
    const rows = { ...whole, '2024-10-05': { notHeld: 1 }, '2024-10-06': { neither: 1 } };
    const lost = Object.fromEntries(Object.entries(rows).filter(([date]) => date !== '2024-10-07'));
    const before = days('2024-10-04', '2024-10-05', '2024-10-06', '2024-10-07', '2024-11-20');
    const calendar = october(lost, { before });
    expect([...calendar.uncertain]).toEqual([
      [day('2024-10-06'), '1 row neither held nor called off'],
      [day('2024-10-07'), 'held when it was measured before, without a row now'],
    ]);
    expect(calendar.scheduled.has(day('2024-10-05'))).toBe(false);
  });

  test('is not asked about known gaps', () => {
    const calendar = october(everyDay('2024-10-01', '2024-10-12'), {
      calendar: measured({ seasons: [OCTOBER], knownGaps: [gap('2024-10-13', '2024-10-31')] }),
      before: days('2024-10-20'),
    });
    expect(calendar.uncertain.size).toBe(0);
    expect(calendar.findings).toEqual([]);
    expect(calendar.scheduled.has(day('2024-10-20'))).toBe(true);
  });

  test('of which a file is broken is uncertain of that date', () => {
    const given = measured({ seasons: [OCTOBER] });
    const calendar = resolve({
      calendar: given,
      reading: scheduleOf(given, whole, { unread: { '2024-10-09': 'line 3 has no end' } }),
    });
    expect([...calendar.uncertain]).toEqual([[day('2024-10-09'), 'the calendar could not be read: line 3 has no end']]);
    expect(calendar.held.has(day('2024-10-09'))).toBe(false);
  });

  test('with held rows after the last season warns that none is declared', () => {
    const calendar = october({ ...whole, ...everyDay('2024-11-10', '2024-11-20') });
    expect(calendar.scheduled.has(day('2024-11-11'))).toBe(false);
    expect(findings(calendar)).toEqual([
      'warn [2024-11-10 → 2024-11-14] calendar game-days (raw.schedule): 5 dates after season 2024-25 (2024-10-01 → 2024-10-31) and no season declared: 2024-11-10 → 2024-11-14 (5). They are not expected: declare the season',
    ]);
  });

  test('with rows between seasons notes that they are not expected', () => {
    const autumn = season('autumn', '2024-10-01', '2024-10-10');
    const winter = season('winter', '2024-10-21', '2024-10-31');
    const calendar = october(whole, { calendar: measured({ seasons: [autumn, winter] }) });
    expect(calendar.findings).toEqual([]);
    expect(calendar.notes).toEqual([
      'calendar game-days (raw.schedule): 10 dates between seasons not expected: 2024-10-11 → 2024-10-20 (10)',
    ]);
  });

  test('warns of rows that are on no date', () => {
    const given = measured({ seasons: [OCTOBER] });
    const strays = {
      withoutDate: 2,
      outsideSense: [{ day: day('9999-12-31'), rows: 1 }],
      misfiled: [{ day: day('2024-10-04'), rows: 1204 }],
    };
    const calendar = resolve({ calendar: given, reading: scheduleOf(given, whole, { strays }) });
    expect(findings(calendar).map(text => text.replace('calendar game-days (raw.schedule): ', ''))).toEqual([
      'warn [] 2 rows without a date that can be read: they are no dates of the calendar. Correct or remove them',
      'warn [] 1 row dated outside sense, such as 9999-12-31: they are no dates of the calendar. Correct or remove them',
      'warn [] 1,204 rows dated otherwise than their file: they are no dates of the calendar. Correct or remove them',
    ]);
  });

  test('keeps to the range asked for in what it says', () => {
    const calendar = october({ ...whole, '2024-10-05': { neither: 2 } }, { range: ['2024-10-10', '2024-11-15'] });
    expect(calendar.findings).toEqual([]);
    expect(uncertain(calendar)).toEqual(['2024-10-05']);
  });
});

describe('the range where none is given', () => {
  const asOf = { from: 'manifest', day: day('2026-01-04') } as const;
  const reading = scheduleOf(measured(), { '2020-02-02': 0, '2021-03-03': 1, '2022-03-03': 1 });

  test.each<[string, Calendar, TableReading | undefined, Day | undefined]>([
    ["begins with the first season's start", measured({ seasons: [OCTOBER] }), reading, day('2024-10-01')],
    ["begins with a regular calendar's start", regular({ start: day('2021-01-01') }), undefined, day('2021-01-01')],
    ['begins with the first row where no season is declared', measured(), reading, day('2021-03-03')],
    ['is not known where nothing tells', regular(), undefined, undefined],
    ['is not known of a calendar that cannot be read', measured(), undefined, undefined],
  ])('%s', (_, calendar, given, from) => {
    expect(defaultRange(calendar, given, asOf)).toEqual(from === undefined ? undefined : { from, to: asOf.day });
  });
});
