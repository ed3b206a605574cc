// The pieces that check declarations share: how columns, shares, scopes and severities are written in the manifest.
import { z } from 'zod';
import { window } from './declare-dates';
import { parsed } from './parsed';
import { OR_SOURCED, SourcedNumber, sourced, takeSourced } from './sourced';

const MINUTE_MS = 60_000;
const DURATION_UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
};

/** A duration, parsed to milliseconds. */
export const duration: z.ZodType<number, string> = parsed((written): { value: number } | { message: string } => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([smhd])\s*$/.exec(written);
  const unit = DURATION_UNITS[match?.[2] ?? ''];
  return match === null || unit === undefined
    ? { message: `${written} is no duration: write seconds, minutes, hours or days, as in 20s, 45m, 30h or 2d` }
    : { value: Math.round(Number(match[1]) * unit) };
}).meta({ description: 'Seconds, minutes, hours or days, such as 20s, 45m, 30h or 2d' });

/** A share as the manifest writes it: `95%`, a number from 0 to 1, or where another file says it. Parsed to a number from 0 to 1. */
const shareBy = (strictest: 'greatest' | 'least'): z.ZodType<number> =>
  z
    .union([z.number(), z.string(), sourced], { error: () => `a share such as 95% ${OR_SOURCED}` })
    .transform((written, context): number => {
      if (written instanceof SourcedNumber) return takeSourced(written, 'share', strictest, context);
      const value = typeof written === 'number' ? written : parsePercent(written);
      if (value !== undefined && value >= 0 && value <= 1) return value;
      const hint = typeof written === 'number' && written > 1 && written <= 100 ? `: write ${String(written)}%` : '';
      context.addIssue({
        code: 'custom',
        message: `${String(written)} is not a share; a percentage such as 95% or a number from 0 to 1 is${hint}`,
      });
      return z.NEVER;
    })
    .describe('A share: a percentage such as 95%, or a number from 0 to 1');

/** The least share that is asked for. */
export const share = shareBy('greatest');
/** The greatest share that is allowed: of several sources the least is the strictest. */
export const shareAtMost = shareBy('least');

function parsePercent(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  return match === null ? undefined : Number(match[1]) / 100;
}

export const columnName = z.string().min(1).describe('A column of the table');

export const columnList = z.array(columnName).min(1).describe('Columns of the table');

/** The SQL of one condition on a row; columns in it are checked against the live table. */
export const condition = z
  .string()
  .min(1)
  .describe("An expression of the target's SQL that is true or false for a row");

/** What every check may declare beside its own. */
export const common = {
  severity: z
    .enum(['fail', 'warn'])
    .optional()
    .describe('What a missed threshold is: a failure or a warning; each type of check has its own default'),
  window: window.optional(),
};

export const scope = z
  .enum(['date', 'season', 'range'])
  .describe('Over which dates the threshold holds: each date by itself, each season, or all that is asked for');

/** What share checks have in common. Shares hold per season unless said (rule 5). */
export const shareRule = {
  where: condition.optional().describe('The rows the share is taken of; every row unless said'),
  min: share.optional().describe('The least share of rows that must be right; 100% unless said'),
  per: scope.optional(),
  minRows: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('With per: date, dates with fewer rows in the population are not judged by themselves; 8 unless said'),
  ...common,
};
