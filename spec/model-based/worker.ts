import { type Verdict, runAll } from './run.ts';

/** What a worker is told to run. */
export interface Assignment {
  readonly seeds: readonly number[];
  readonly width: number;
}

/** Runs what it is told to as a process of its own, and tells of each run when it is over; of one that went well without its log. */
process.once('message', ({ seeds, width }: Assignment) => {
  const tell = (verdict: Verdict): void => { process.send?.(verdict.problems.length > 0 ? verdict : { ...verdict, log: [] }); };
  void runAll(seeds, width, tell).finally(() => process.disconnect?.()); // what it throws ends the process
});
