// Judging what a query figure gave: the share of rows that it calls good, and what is said where it gave nothing.
import { figure, figureId, row } from '../model/figures';
import { type Query, type QueryReading, queryId } from '../model/queries';
import type { Evidence, Judgement } from './check';
import { type ShareQuestion, judgeShare } from './share';

/** The judgement of a check whose query gave no answer. */
export function notEvaluated(reading: Extract<QueryReading, { state: 'failed' }> | undefined): Judgement {
  return {
    outcome: 'error',
    findings: [],
    message: `could not be evaluated: ${reading?.message ?? 'its statement was not asked'}`,
  };
}

/** Judges the share of rows that a query calls good: its first number is the rows of a date, its second the good ones. */
export function judgeQueryShare(
  definition: Query,
  question: Omit<ShareQuestion, 'wrong' | 'whole'>,
  evidence: Evidence,
): Judgement {
  const reading = evidence.query(definition);
  if (reading?.state !== 'measured') return notEvaluated(reading);
  const [rows = [], good = []] = reading.values;
  const [whole, wrong] = [
    figure.count(row.sql(`whole of ${queryId(definition)}`)),
    figure.count(row.sql(`wrong of ${queryId(definition)}`)),
  ];
  const facts = {
    ...evidence.facts,
    days: reading.days,
    rows: rows.map(count => count ?? 0),
    values: new Map([
      [figureId(whole), rows],
      [figureId(wrong), rows.map((count, i) => (count ?? 0) - (good[i] ?? 0))],
    ]),
  };
  const { outcome, value, threshold, findings, judged, message } = judgeShare(
    { ...question, whole, wrong: [wrong] },
    { ...evidence, facts },
  );
  return {
    outcome,
    ...(value === undefined ? {} : { value }),
    ...(threshold === undefined ? {} : { threshold }),
    // Coverage does not ask the query, so no date is coloured by it.
    findings: findings.map(({ day, reason }) => ({ day, reason })),
    ...(judged === undefined ? {} : { judged }),
    message,
  };
}
