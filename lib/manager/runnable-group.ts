import { ClusterCacheError } from '../model/errors.ts';
import type { Logger } from '../model/logger.ts';
import type { RunContext, Runnable } from './runnable.ts';

export interface RunnableGroupOptions {
  readonly contextOf: (signal: AbortSignal) => RunContext;
  /** Told when one fails before it was told to end. Must not throw. */
  readonly onFailure: (error: unknown) => void;
  readonly logger: Logger;
}

/** Things that are started and stopped together. */
export class RunnableGroup {
  readonly #options: RunnableGroupOptions;
  /** Of what was added and is not over, with the end of what it is doing: starting or, where it has no `stop`, running. */
  readonly #members = new Map<Runnable, Promise<void> | undefined>();
  readonly #over = new AbortController();
  #started = false;
  #ended: Promise<void> | undefined;

  constructor(options: RunnableGroupOptions) {
    this.#options = options;
  }

  /** The names of those that were started and are not over. */
  get running(): readonly string[] {
    return Array.from(this.#members, ([{ name = 'runnable' }, work]) => (work === undefined ? undefined : name)).filter((name) => name !== undefined);
  }

  /** Starts it, now or together with the others. Throws an error of code `STOPPED` after the end. */
  add(runnable: Runnable): void {
    if (this.#ended !== undefined) throw new ClusterCacheError('STOPPED', `the manager is stopped: ${runnable.name ?? 'runnable'} cannot be added`);
    if (this.#started) void this.#begin(runnable);
    else this.#members.set(runnable, undefined);
  }

  /** Starts all; resolves when they have started, those with a `stop`, or the group has ended. Never rejects. */
  async start(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#started = true;
    const starting: Promise<void>[] = [];
    for (const runnable of [...this.#members.keys()]) {
      if (this.#over.signal.aborted) return; // by the one before
      const work = this.#begin(runnable);
      if (runnable.stop !== undefined) starting.push(work);
    }
    await Promise.race([Promise.all(starting), aborted(this.#over.signal)]);
  }

  /** Tells all to end, at once; resolves when all have. Never rejects. Idempotent. */
  end(): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    const { promise, resolve } = Promise.withResolvers<void>();
    // Kept first: whoever is told the end may end it once more.
    this.#ended = promise;
    void this.#end().then(resolve);
    return promise;
  }

  /** Kept as begun first: it may end the group within its start, and is to be stopped then as well. */
  #begin(runnable: Runnable): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#members.set(runnable, promise);
    void this.#run(runnable).then(resolve);
    return promise;
  }

  async #run(runnable: Runnable): Promise<void> {
    const { contextOf, onFailure, logger } = this.#options;
    const { signal } = this.#over;
    try {
      await runnable.start(contextOf(signal));
      if (runnable.stop === undefined) this.#members.delete(runnable);
    } catch (error) {
      if (runnable.stop === undefined || isAnothers(error)) this.#members.delete(runnable);
      // What it was told to leave undone is no failure.
      if (signal.aborted) return logger.debug({ runnable: runnable.name, err: error }, 'a runnable was ended before it was done');
      logger.error({ runnable: runnable.name, err: error }, 'a runnable failed; the manager stops');
      onFailure(error ?? new ClusterCacheError('RUNNABLE_FAILED', `${runnable.name ?? 'a runnable'} failed without saying why`));
    }
  }

  async #end(): Promise<void> {
    const started = [...this.#members].filter(([, work]) => work !== undefined);
    this.#over.abort(new ClusterCacheError('STOPPED', 'the manager stops'));
    await Promise.all(started.map(async ([runnable, work]) => {
      try {
        await Promise.all([work, runnable.stop?.()]);
      } catch (error) {
        this.#options.logger.error({ runnable: runnable.name, err: error }, 'a runnable failed while it stopped');
      }
      this.#members.delete(runnable);
    }));
  }
}

/** Whether it was another group that started it, which is to stop it, too. */
function isAnothers(error: unknown): boolean {
  return error instanceof ClusterCacheError && error.code === 'CONTROLLER_STARTED';
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
