// What to do next: the command that helps most with what was found, and why.
import { countOf } from '../model/percent';
import type { CoverageReport, Report, Result } from '../model/report';
import type { Pipeline, Table } from '../pipeline/pipeline';

/** The next commands to run, most useful first; at most two, since more is a menu and not advice. */
export function nextSteps(
  command: string,
  pipeline: Pipeline,
  results: readonly Result[],
  coverage: readonly CoverageReport[],
): Report['next'] {
  const unreadable = results.find(
    result => result.outcome === 'error' && (result.check === 'readable' || result.check === 'columns'),
  );
  if (unreadable !== undefined && command !== 'check') {
    return [
      {
        command: 'phasegate check',
        why: `${unreadable.table} could not be read: compare the manifest with what is there`,
      },
    ];
  }
  if (command === 'check') {
    return results.some(result => result.outcome === 'fail' || result.outcome === 'error')
      ? []
      : [{ command: 'phasegate coverage', why: 'the manifest fits: see which dates are there' }];
  }
  if (command === 'preflight') return afterPreflight(pipeline, results, coverage);
  if (command === 'verify' || command === 'ready') return [];
  const short = firstShort(pipeline, coverage);
  if (short === undefined) return [];
  const fill = filling(short, pipeline, coverage);
  const preflight = {
    command: `phasegate preflight ${nameOf(short, pipeline)}`,
    why: 'the first table that is short: may it be written now?',
  };
  const validate = {
    command: `phasegate validate ${nameOf(short, pipeline)}`,
    why: 'what is wrong with the dates that are there',
  };
  return [...fill, preflight, ...(command === 'validate' ? [] : [validate])].slice(0, MOST_STEPS);
}

const MOST_STEPS = 2;

/** Filling a table that a job writes. */
function filling(table: Table, pipeline: Pipeline, coverage: readonly CoverageReport[]): Report['next'] {
  const found = coverage.find(each => each.table === table.name);
  if (table.job === undefined || found === undefined) return [];
  const short = found.counts.missing + found.counts.partial + found.counts.degraded;
  if (short === 0) return [];
  return [
    {
      command: `phasegate backfill ${nameOf(table, pipeline)}`,
      why: `fill ${countOf(short, 'date')}; it shows its plan first`,
    },
  ];
}

/** The earliest short table in dependency order: what it feeds cannot be right before it is. */
function firstShort(pipeline: Pipeline, coverage: readonly CoverageReport[]): Table | undefined {
  const short = new Set(coverage.filter(each => each.outcome === 'fail').map(each => each.table));
  for (const table of pipeline.tables.values()) {
    if (short.has(table.name) && table.job !== undefined) return table;
  }
  for (const table of pipeline.tables.values()) {
    if (short.has(table.name)) return table;
  }
  return undefined;
}

function afterPreflight(
  pipeline: Pipeline,
  results: readonly Result[],
  coverage: readonly CoverageReport[],
): Report['next'] {
  const stops = (result: Result): boolean => result.outcome === 'fail' || result.outcome === 'error';
  const blocking = results.find(result => result.check === 'upstream' && stops(result));
  if (blocking === undefined) {
    if (results.some(result => stops(result) && result.accepted === undefined)) return [];
    return coverage
      .flatMap(({ table: name }) => {
        const table = pipeline.tables.get(name);
        return table === undefined ? [] : filling(table, pipeline, coverage);
      })
      .slice(0, MOST_STEPS);
  }
  const upstream = pipeline.tables.get(blocking.id.slice(`${blocking.table}/upstream/`.length));
  if (upstream === undefined) return [];
  const name = nameOf(upstream, pipeline);
  return [
    { command: `phasegate coverage ${name}`, why: 'which of its dates are short' },
    upstream.job === undefined
      ? { command: `phasegate preflight ${name}`, why: 'it has to be written first: may it be?' }
      : { command: `phasegate backfill ${name}`, why: 'it has to be filled first; it shows its plan before' },
  ];
}

/** A table as a command takes it: by its short name where only one has it. */
function nameOf(table: Table, pipeline: Pipeline): string {
  const same = [...pipeline.tables.values()].filter(each => each.shortName === table.shortName);
  return same.length === 1 ? table.shortName : table.name;
}
