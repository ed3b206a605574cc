// rows: rows, or distinct values, for each unit that the calendar expects of a date (2 teams a game). This is what sees a partial write.
import { z } from 'zod';
import { type Figure, ROWS, figure } from '../model/figures';
import { countOf, formatCount } from '../model/percent';
import type { Threshold } from '../model/report';
import type { CheckType, DateFinding, Evidence, Judgement } from './check';
import { columnList, columnName, common } from './declare';
import { someDates, valuesOf } from './share';
import { orSourced } from './sourced';

const amount = z.number().positive();
const AMOUNT = 'a number above 0';

const declaration = z
  .strictObject({
    per: z.string().min(1).describe('A unit that the calendar counts, such as games'),
    exactly: orSourced(amount, AMOUNT, 'none').optional().describe('How many for each unit'),
    min: orSourced(amount, AMOUNT).optional().describe('The least for each unit'),
    max: orSourced(amount, AMOUNT, 'least').optional().describe('The most for each unit'),
    of: z
      .union([columnName, columnList])
      .optional()
      .describe(
        'Count the distinct values of a column, so that eight copies of two teams do not pass for sixteen; rows unless said',
      ),
    ...common,
  })
  .refine(declared => declared.exactly !== undefined || declared.min !== undefined || declared.max !== undefined, {
    message: 'rows needs `exactly`, `min` or `max`',
  })
  .refine(declared => declared.exactly === undefined || (declared.min === undefined && declared.max === undefined), {
    message: 'rows takes either `exactly` or `min` and `max`',
    path: ['exactly'],
  })
  .refine(declared => declared.min === undefined || declared.max === undefined || declared.min <= declared.max, {
    message: 'rows has a `min` above its `max`: no count could be right',
    path: ['min'],
  });

type Declared = z.output<typeof declaration>;

export const rowsPerUnit: CheckType<Declared> = {
  name: 'rows',
  summary: 'Rows, or distinct values, for each unit that the calendar expects of a date',
  declaration,
  parts: declared => {
    const columns = declared.of === undefined ? [] : typeof declared.of === 'string' ? [declared.of] : declared.of;
    const counted: Figure = columns.length === 0 ? ROWS : figure.distinct(columns);
    return [
      {
        id: `rows/${declared.per}${columns.length === 0 ? '' : `/${columns.join(',')}`}`,
        ...(columns.length === 1 && columns[0] !== undefined ? { column: columns[0] } : {}),
        figures: columns.length === 0 ? [ROWS] : [ROWS, counted],
        unit: declared.per,
        ...(declared.exactly === undefined ? {} : { exactly: declared.exactly }),
        judge: evidence => judge(declared, counted, columns.length === 0 ? 'rows' : columns.join(', '), evidence),
      },
    ];
  },
};

function judge(declared: Declared, counted: Figure, noun: string, evidence: Evidence): Judgement {
  const least = declared.exactly ?? declared.min;
  const most = declared.exactly ?? declared.max;
  const counts = valuesOf(counted, evidence);
  const findings: DateFinding[] = [];
  let judged = 0;
  let right = 0;
  evidence.facts.days.forEach((day, i) => {
    if (!evidence.expected.has(day)) return;
    const units = evidence.units(day, declared.per);
    if (units === undefined) return;
    judged++;
    const count = counts[i] ?? 0;
    const floor = least === undefined ? undefined : Math.ceil(least * units);
    const ceiling = most === undefined ? undefined : Math.floor(most * units);
    if (floor !== undefined && count < floor) {
      findings.push({ day, state: 'partial', reason: `${formatCount(count)} of ${formatCount(floor)} ${noun}` });
    } else if (ceiling !== undefined && count > ceiling) {
      findings.push({
        day,
        state: 'degraded',
        reason: `${formatCount(count)} ${noun}, at most ${formatCount(ceiling)} by the calendar`,
      });
    } else {
      right++;
    }
  });
  const threshold = thresholdOf(least, most);
  const rule = ruleOf(declared, noun);
  if (judged === 0) {
    return {
      outcome: 'skipped',
      threshold,
      findings,
      message: `no date holds rows on which the calendar expects ${declared.per}`,
    };
  }
  const short = findings.filter(finding => finding.state === 'partial').map(finding => finding.day);
  const excess = findings.filter(finding => finding.state === 'degraded').map(finding => finding.day);
  const parts = [
    ...(short.length > 0 ? [`short on ${countOf(short.length, 'date')} (${someDates(short)})`] : []),
    ...(excess.length > 0 ? [`too many on ${countOf(excess.length, 'date')} (${someDates(excess)})`] : []),
  ];
  return {
    outcome: findings.length > 0 ? 'fail' : 'pass',
    value: { part: right, whole: judged, share: right / judged },
    threshold,
    findings,
    message:
      findings.length > 0
        ? `${rule}: ${parts.join(', ')} of ${countOf(judged, 'date')} that hold rows`
        : `${rule} on all ${countOf(judged, 'date')} that hold rows`,
  };
}

function ruleOf({ exactly, min, max, per }: Declared, noun: string): string {
  if (exactly !== undefined) return `${formatCount(exactly)} ${noun} for each of ${per}`;
  if (min === undefined) return `at most ${formatCount(max ?? 0)} ${noun} for each of ${per}`;
  return max === undefined
    ? `at least ${formatCount(min)} ${noun} for each of ${per}`
    : `${formatCount(min)} to ${formatCount(max)} ${noun} for each of ${per}`;
}

function thresholdOf(least: number | undefined, most: number | undefined): Omit<Threshold, 'source'> {
  if (least === undefined) return { op: '<=', value: most ?? 0, per: 'date' };
  if (most === undefined) return { op: '>=', value: least, per: 'date' };
  return least === most
    ? { op: '==', value: least, per: 'date' }
    : { op: 'between', value: [least, most], per: 'date' };
}
