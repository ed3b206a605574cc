// What is to be done after a run that did not do everything: said where its end is told, on a terminal and in its report.
import type { RunStanding, StepSummary } from '../backfill/run-summary';

/** What is known of a run that has ended. */
interface EndedRun {
  readonly id: string;
  readonly state: RunStanding;
  readonly steps: readonly Pick<StepSummary, 'table' | 'state'>[];
}

/**
 * What to do next; nothing where all is done, where it goes on, and where its runner is gone, whose last words come first.
 * @param command sets a command off from the words around it
 */
export function nextWords(run: EndedRun, command: (text: string) => string = text => `"${text}"`): readonly string[] {
  const what = nextOf(run, command);
  return what === undefined ? [] : [`Next: ${what}`];
}

function nextOf({ id, state, steps }: EndedRun, command: (text: string) => string): string | undefined {
  const resume = `${command(`phasegate runs resume ${id}`)} goes on with what is not proven`;
  switch (state) {
    case 'cancelled':
      return resume;
    case 'needs-someone':
      return `look at the dates that need someone, and delete what is not whole of them; then ${resume}`;
    case 'failed': {
      if (steps.some(step => step.state === 'failed'))
        return `${command(`phasegate runs show ${id} --log`)} shows what the jobs printed; when the cause is mended, ${resume}`;
      const blocked = steps.find(step => step.state === 'blocked');
      return blocked === undefined
        ? `when what it says is mended, ${resume}`
        : `${command(`phasegate preflight ${blocked.table}`)} tells what is in its way; when that is mended, ${resume}`;
    }
    case 'waiting':
    case 'running':
    case 'done':
    case 'lost':
      return undefined;
  }
}
