// What plan, backfill and runs do: a bundle of its own, loaded when one of them is asked for. No question waits for it.
export { backfill, showPlan } from './backfill';
export { aboutRun, listRuns } from './runs';
