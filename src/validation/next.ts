// What to do next: the command that helps most with what was found, and why.
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
  if (command === 'preflight') return afterPreflight(pipeline, results);
  if (command === 'verify' || command === 'ready') return [];
  const short = firstShort(pipeline, coverage);
  if (short === undefined) return [];
  const steps = [
    {
      command: `phasegate preflight ${nameOf(short, pipeline)}`,
      why: 'the first table that is short: may it be written now?',
    },
  ];
  return command === 'validate'
    ? steps
    : [
        ...steps,
        {
          command: `phasegate validate ${nameOf(short, pipeline)}`,
          why: 'what is wrong with the dates that are there',
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

function afterPreflight(pipeline: Pipeline, results: readonly Result[]): Report['next'] {
  const blocking = results.find(
    result => result.check === 'upstream' && (result.outcome === 'fail' || result.outcome === 'error'),
  );
  if (blocking === undefined) return [];
  const upstream = pipeline.tables.get(blocking.id.slice(`${blocking.table}/upstream/`.length));
  if (upstream === undefined) return [];
  return [
    { command: `phasegate coverage ${nameOf(upstream, pipeline)}`, why: 'which of its dates are short' },
    { command: `phasegate preflight ${nameOf(upstream, pipeline)}`, why: 'it has to be written first: may it be?' },
  ];
}

/** A table as a command takes it: by its short name where only one has it. */
function nameOf(table: Table, pipeline: Pipeline): string {
  const same = [...pipeline.tables.values()].filter(each => each.shortName === table.shortName);
  return same.length === 1 ? table.shortName : table.name;
}
