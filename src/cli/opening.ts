// From a command's flags to the services, and from a refusal to words and an exit code.
import { EXIT } from '../model/outcome';
import type { Opened } from '../services';
import type { OpenProblem, Refusal } from '../services/opening';
import { type CommonFlags, flagProblem } from './flags';
import type { World } from './world';

/** Opens what a command's flags speak of. */
export function openAsked(flags: CommonFlags, world: World): Promise<Opened> {
  const wrong = flagProblem(flags);
  if (wrong !== undefined) return Promise.resolve({ ok: false, kind: 'usage', problems: [{ message: wrong }] });
  return world.open({
    cwd: world.cwd,
    env: world.env,
    signal: world.signal,
    useCache: flags.cache !== false,
    onProgress: message => {
      if (world.progress || /wait|could not|skipped/.test(message)) world.err(`${message}\n`);
    },
    ...(flags.manifest === undefined ? {} : { manifest: flags.manifest }),
    ...(flags.target === undefined ? {} : { target: flags.target }),
    ...(flags.asOf === undefined ? {} : { asOf: flags.asOf }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(flags.season === undefined ? {} : { season: flags.season }),
  });
}

/** Says why there is no answer: each problem at its place, as a compiler would. Gives the exit code. */
export function refuse(command: string, refusal: Refusal, flags: Pick<CommonFlags, 'json'>, world: World): number {
  if (flags.json === true) {
    world.out(
      `${JSON.stringify({ schema: 'phasegate.report/1', command, verdict: 'error', results: refusal.problems.map(asResult), coverage: [] }, undefined, 2)}\n`,
    );
  }
  for (const problem of refusal.problems) world.err(`${placeOf(problem)}${problem.message}\n`);
  if (refusal.problems.length > 1) world.err(`${refusal.problems.length} problems\n`);
  return refusal.kind === 'usage' ? EXIT.usage : EXIT.error;
}

function placeOf({ file, line, column }: OpenProblem): string {
  return file === undefined ? '' : `${[file, line, column].filter(part => part !== undefined).join(':')}: `;
}

function asResult({ message, file, line, column }: OpenProblem): Record<string, unknown> {
  return {
    id: 'manifest',
    outcome: 'error',
    message,
    ...(file === undefined ? {} : { source: { file, line, column } }),
  };
}
