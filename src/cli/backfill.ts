// Plans a backfill and carries one out: nothing is written that was not shown first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorWords } from '../model/error-words';
import { DEFAULT_OPTIONS, type Plan, planSize, readPlan } from '../backfill/plan';
import { formatDay, parseDay } from '../model/day';
import { DaySet } from '../model/day-set';
import { EXIT, exitCode } from '../model/outcome';
import { countOf } from '../model/percent';
import { printPlan } from '../print/plan';
import { shownCommand } from '../model/command-line';
import type { Services } from '../services';
import type { Refusal } from '../services/opening';
import { type PlanQuestion, type Planned, planBackfill, startRun, whyOutdated } from '../services/backfills';
import { FollowedRun } from '../services/followed-run';
import { followRun } from './follow-run';
import type { BackfillFlags, PlanFlags } from './backfill-commands';
import type { CommonFlags } from './flags';
import { openAsked, refuse } from './opening';
import { VERSION, type World, layout } from './world';

function questionOf(tables: readonly string[], flags: PlanFlags, { pipeline }: Services): PlanQuestion {
  const { without, python, parallelSteps, parallelCommands } = flags;
  const days = DaySet.ofRanges(without ?? []);
  return {
    tables,
    upstream: flags.upstream === true,
    options: {
      stale: flags.stale === true,
      rebuild: flags.rebuild === true,
      keepGoing: flags.keepGoing === true,
      canary: flags.canary,
      steps: parallelSteps ?? DEFAULT_OPTIONS.steps,
      commands: parallelCommands ?? DEFAULT_OPTIONS.commands,
    },
    ...(days.isEmpty ? {} : { takenOut: new Map([...pipeline.tables.keys()].map(name => [name, days])) }),
    ...(python === undefined ? {} : { python: { path: python, from: '--python' } }),
  };
}

/** Shows what a backfill would run. Gives the exit code. */
export async function showPlan(tables: readonly string[], flags: PlanFlags, world: World): Promise<number> {
  const opened = await openAsked(flags, world);
  if (!opened.ok) return refuse('plan', opened, flags, world);
  const { services } = opened;
  try {
    const planned = await planBackfill(services, questionOf(tables, flags, services), world.env);
    if (!planned.ok) return refuse('plan', planned, flags, world);
    const text = `${JSON.stringify(planned.plan, undefined, 1)}\n`;
    const kept = flags.out === undefined ? undefined : keepPlan(text, resolve(world.cwd, flags.out));
    if (kept?.ok === false) return refuse('plan', failed(kept.message), flags, world);
    world.out(flags.json === true ? text : printPlan(planned.plan, layout(world, flags.verbose)));
    if (kept !== undefined) world.err(`\nThe plan is in ${kept.path}\n`);
    if (flags.json !== true) world.out(nextStep(planned.plan, tables, flags));
    return planExit(planned.plan, flags);
  } finally {
    await services.close();
  }
}

/** Writes a plan into a file of its own: a file that is something else stays. */
function keepPlan(
  text: string,
  path: string,
): { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string } {
  try {
    if (existsSync(path) && !readPlan(readFileSync(path, 'utf8'), path).ok)
      return {
        ok: false,
        message: `${path} is there and is no plan: nothing was written. Name another file with --out`,
      };
    writeFileSync(path, text);
    return { ok: true, path };
  } catch (error) {
    return { ok: false, message: `the plan could not be written to ${path}: ${errorWords(error)}` };
  }
}

/** 1: it may not be run. 2: it may, and something speaks against it, or stays short. 3: some dates could not be looked at. */
function planExit({ refusals, warnings, steps, excluded }: Plan, flags: CommonFlags): number {
  if (refusals.length > 0) return EXIT.fail;
  if (excluded.some(({ open }) => open === 'unknown')) return EXIT.error;
  const isDoubtful =
    warnings.length > 0 ||
    excluded.some(({ open }) => open === 'unwritable') ||
    steps.some(({ blockers }) => blockers.length > 0);
  return exitCode(isDoubtful ? 'warn' : 'pass', flags.warningsOk === true);
}

function nextStep(made: Plan, tables: readonly string[], flags: PlanFlags): string {
  if (made.steps.length === 0 || made.refusals.length > 0) return '';
  const said = tables.map(name => shownCommand([name]));
  const asked =
    flags.out === undefined
      ? [...said, ...spokenFlags(flags)]
      : [
          shownCommand(['--plan', flags.out]),
          ...(flags.manifest === undefined ? [] : [shownCommand(['--manifest', flags.manifest])]),
        ];
  const isBlocked = made.steps.some(({ blockers }) => blockers.length > 0);
  const upstream =
    isBlocked && flags.upstream !== true
      ? `      phasegate plan ${[...said, '--upstream', ...spokenFlags(flags)].join(' ')}   with what those need\n`
      : '';
  return `\nNext: phasegate backfill ${asked.join(' ')}\n${upstream}`;
}

/** The flags of a plan as they were said. */
function spokenFlags(flags: PlanFlags): readonly string[] {
  const valued: readonly (readonly [string, string | number | undefined])[] = [
    ['--manifest', flags.manifest],
    ['--target', flags.target],
    ['--season', flags.season],
    ['--from', flags.from === undefined ? undefined : formatDay(flags.from)],
    ['--to', flags.to === undefined ? undefined : formatDay(flags.to)],
    ['--as-of', flags.asOf === undefined ? undefined : formatDay(flags.asOf)],
    ['--parallel-steps', flags.parallelSteps],
    ['--parallel-commands', flags.parallelCommands],
    ['--python', flags.python],
    ...(flags.without ?? []).map(
      ({ from, to }) => ['--without', from === to ? formatDay(from) : `${formatDay(from)}..${formatDay(to)}`] as const,
    ),
  ];
  const alone: readonly (readonly [string, boolean | undefined])[] = [
    ['--upstream', flags.upstream],
    ['--stale', flags.stale],
    ['--rebuild', flags.rebuild],
    ['--keep-going', flags.keepGoing],
    ['--no-canary', !flags.canary],
  ];
  return [
    ...alone.flatMap(([name, said]) => (said === true ? [name] : [])),
    ...valued.flatMap(([name, value]) => (value === undefined ? [] : [shownCommand([name, String(value)])])),
  ];
}

/** Runs what is short, after it was shown. Gives the exit code. */
export async function backfill(tables: readonly string[], flags: BackfillFlags, world: World): Promise<number> {
  if ((flags.plan === undefined) === (tables.length === 0))
    return refuse(
      'backfill',
      usage('name tables to plan a backfill of, or a plan with --plan: one of the two'),
      flags,
      world,
    );
  const inVain =
    flags.plan === undefined
      ? []
      : spokenFlags(flags).filter(said => !said.startsWith('--manifest ') && !said.startsWith('--target '));
  if (inVain.length > 0)
    return refuse(
      'backfill',
      usage(
        `a plan is run as it was made: leave out ${inVain.join(' ')}, or plan again with ${inVain.length === 1 ? 'it' : 'them'}`,
      ),
      flags,
      world,
    );
  const given = flags.plan === undefined ? undefined : planOf(flags.plan, world);
  if (given?.ok === false) return refuse('backfill', given, flags, world);
  const opened = await openAsked(forPlan(flags, given?.plan), world);
  if (!opened.ok) return refuse('backfill', opened, flags, world);
  const { services } = opened;
  try {
    const made = given ?? (await planBackfill(services, questionOf(tables, flags, services), world.env));
    if (!made.ok) return refuse('backfill', made, flags, world);
    const outdated = given === undefined ? undefined : await whyNotAsShown(services, made.plan, world);
    const show = flags.json === true ? world.err : world.out;
    show(printPlan(made.plan, layout(world, flags.verbose)));
    if (outdated !== undefined) return refuse('backfill', outdated, flags, world);
    if (made.plan.steps.length === 0 && made.plan.refusals.length === 0) return planExit(made.plan, flags);
    if (made.plan.refusals.length > 0)
      return refuse(
        'backfill',
        failed(
          `this plan may not be run: ${flags.json === true ? made.plan.refusals.join('; ') : 'mend what is named above'}`,
        ),
        flags,
        world,
      );
    if (flags.dryRun === true) return planExit(made.plan, flags);
    const confirmed = await confirm(made.plan, flags, world);
    if (confirmed !== true) return refuse('backfill', confirmed, flags, world);
    // Whoever was asked may have thought about it for an hour.
    const meanwhile = flags.yes === true ? undefined : await whyNotAsShown(services, made.plan, world);
    if (meanwhile !== undefined) return refuse('backfill', meanwhile, flags, world);
    const started = await startRun(services, made.plan, { programs: world.programs, version: VERSION, env: world.env });
    if (!started.ok) return refuse('backfill', failed(started.message), flags, world);
    await services.close(); // the run has the database now
    return await follow(started.id, services.pipeline.folder, flags, world);
  } finally {
    await services.close();
  }
}

async function follow(id: string, workspace: string, flags: BackfillFlags, world: World): Promise<number> {
  const run = FollowedRun.open(workspace, id);
  if (!run.ok) return refuse('backfill', failed(run.message), flags, world);
  if (flags.detach === true) {
    world.out(
      flags.json === true
        ? `${JSON.stringify({ run: id, folder: run.value.folder })}\n`
        : `Run ${id} has begun. See it with "phasegate runs attach ${id}"; end it with "phasegate runs cancel ${id}"\n`,
    );
    return EXIT.pass;
  }
  if (flags.json !== true) world.err(`\nRun ${id}\n`);
  return followRun(run.value, flags, world);
}

/** A plan knows its range, its day and its target: the flags need not say them again. */
function forPlan(flags: BackfillFlags, plan: Plan | undefined): BackfillFlags {
  if (plan === undefined) return flags;
  const [from, to, asOf] = [parseDay(plan.from), parseDay(plan.to), parseDay(plan.asOf)];
  return {
    ...flags,
    target: flags.target ?? plan.target.name,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(asOf === undefined ? {} : { asOf }),
  };
}

function planOf(file: string, { cwd }: World): Planned {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return usage(`${path} could not be read: ${errorWords(error)}`);
  }
  const read = readPlan(text, path);
  return read.ok ? read : usage(read.message);
}

/** A plan is run as it was shown, or not at all. */
async function whyNotAsShown(services: Services, made: Plan, { env }: World): Promise<Refusal | undefined> {
  const again = await whyOutdated(services, made, env);
  if (!again.ok) return again;
  if (again.changes.length === 0) return undefined;
  return {
    ok: false,
    kind: 'error',
    problems: [
      ...again.changes.map(message => ({ message })),
      { message: 'The plan no longer fits what is there: nothing was run. Make it again with "phasegate plan"' },
    ],
  };
}

async function confirm(made: Plan, flags: BackfillFlags, world: World): Promise<true | Refusal> {
  const { name, protected: isProtected } = made.target;
  const what = `${countOf(planSize(made), 'date')} of ${countOf(made.steps.length, 'table')}`;
  if (isProtected) {
    if (flags.confirm === name) return true;
    if (flags.confirm !== undefined) return usage(`--confirm ${flags.confirm} is not the target of the plan, ${name}`);
    if (world.ask === undefined) return usage(`target ${name} is protected: say --confirm ${name} to write to it`);
    const typed = await world.ask(`\nTarget ${name} is protected. Type its name to write ${what}: `);
    return typed.trim() === name ? true : failed('it was not the name of the target: nothing was run');
  }
  if (flags.yes === true) return true;
  if (world.ask === undefined) return usage('there is no terminal to ask: say --yes to run this plan');
  const typed = await world.ask(`\nWrite ${what}? [y/N] `);
  return /^y(?:es)?$/i.test(typed.trim()) ? true : failed('nothing was run');
}

function usage(message: string): Refusal {
  return { ok: false, kind: 'usage', problems: [{ message }] };
}

function failed(message: string): Refusal {
  return { ok: false, kind: 'error', problems: [{ message }] };
}
