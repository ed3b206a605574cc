// join_rate: the share of rows that find their match in another table on the same date: two kinds of game id join half of them.
import { z } from 'zod';
import { row } from '../model/figures';
import type { Query } from '../model/queries';
import type { CheckType } from './check';
import { columnList, columnName, shareRule as shareRuleKeys } from './declare';
import { judgeQueryShare } from './query';
import { shareRule } from './share';

const declaration = z.strictObject({
  table: z.string().min(1).describe('The table in which the match is looked for'),
  on: z
    .union([columnList, z.record(columnName, columnName)])
    .describe(
      'The columns of the match: a list where both tables call them the same, else a map from the own to the other',
    ),
  ...shareRuleKeys,
});

export const joinRate: CheckType<z.output<typeof declaration>> = {
  name: 'join_rate',
  summary: 'At least a share of the rows find their match in another table',
  declaration,
  parts: declared => {
    const { table, where } = declared;
    const on = Array.isArray(declared.on)
      ? declared.on.map(column => [column, column] as const)
      : Object.entries(declared.on);
    const query: Query = { query: 'join', table, on, where: where === undefined ? row.every : row.sql(where) };
    const columns = on.map(([own, its]) => (own === its ? own : `${own} = ${its}`)).join(', ');
    return [
      {
        id: `join_rate/${table}/${columns}`,
        figures: [],
        queries: [query],
        judge: evidence =>
          judgeQueryShare(
            query,
            {
              rule: shareRule(declared),
              verb: `(${columns}) is found in ${table} for`,
              population: where === undefined ? '' : ` with ${where}`,
            },
            evidence,
          ),
      },
    ];
  },
};
