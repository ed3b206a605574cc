// Runs an `sql` job's statement in the runner itself: exactly the partitions of its dates are replaced.
import { describeDays } from '../model/day-text';
import { DaySet } from '../model/day-set';
import { formatDuration } from '../model/duration';
import { type Day, parseDay } from '../model/day';
import { countOf } from '../model/percent';
import type { WarehouseAnswer, WrittenPartitions } from '../warehouse/warehouse';
import type { Resolved } from './environment';
import type { Ending, Executor, Started, Work } from './executor';

export interface SqlWork extends Work {
  readonly timeoutMs: number | undefined;
  /** Replaces the partitions of the dates; aborting the signal interrupts the statement. */
  readonly write: (dates: readonly Day[], signal: AbortSignal) => Promise<WarehouseAnswer<WrittenPartitions>>;
}

export class SqlExecutor implements Executor<SqlWork> {
  start({ dates, timeoutMs, write }: SqlWork): Resolved<Started> {
    const controller = new AbortController();
    const days = dates.flatMap(date => parseDay(date) ?? []);
    let go = (): void => undefined;
    const mayBegin = new Promise<void>(settle => {
      go = settle;
      controller.signal.addEventListener('abort', () => settle()); // it is written down as cancelled, and nothing is done
    });
    const work = async (): Promise<Ending> => {
      await mayBegin;
      const began = Date.now();
      const limit = { isOver: false };
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              limit.isOver = true;
              controller.abort();
            }, timeoutMs);
      const answer = await write(days, controller.signal);
      clearTimeout(timer);
      return endingOf(answer, Date.now() - began, limit.isOver ? timeoutMs : undefined);
    };
    const ended = work();
    return {
      ok: true,
      value: {
        process: undefined,
        shown: undefined,
        log: undefined,
        logFrom: 0,
        go,
        ended,
        cancel: async () => {
          controller.abort();
          await ended;
        },
      },
    };
  }
}

/** @param timeoutMs after how long it was interrupted, where it was */
function endingOf(answer: WarehouseAnswer<WrittenPartitions>, ms: number, timeoutMs: number | undefined): Ending {
  if (!answer.ok) {
    const { reason, message } = answer.failure;
    return {
      code: reason === 'cancelled' ? null : 1,
      signal: null,
      ms,
      problem:
        reason === 'cancelled' && timeoutMs !== undefined
          ? `took longer than ${formatDuration(timeoutMs)} and was interrupted`
          : message,
      // A statement that the engine refuses is refused again; a file that was held is free another time.
      worthRetrying: reason === 'unavailable',
      reported: undefined,
    };
  }
  const { written, empty, others, undated } = answer.value;
  const rows = written.reduce((sum, each) => sum + each.rows, 0);
  const problems = [
    ...(others.isEmpty
      ? []
      : [
          `gives rows of ${countOf(others.size, 'date')} that it was not asked for (${describeDays(others)}): nothing was written`,
        ]),
    ...(undated === 0 ? [] : [`gives ${countOf(undated, 'row')} without a date: nothing was written`]),
    ...(empty.length === 0 || !others.isEmpty || undated > 0
      ? []
      : [`gives no rows for ${describeDays(DaySet.of(empty))}: what was there is still there`]),
  ];
  const isRefused = !others.isEmpty || undated > 0;
  return {
    code: isRefused ? 1 : 0,
    signal: null,
    ms,
    problem: problems.length === 0 ? undefined : problems.join('; '),
    worthRetrying: false,
    reported: { rows, dates: written.length },
  };
}
